"""What training minimizes: costs, case weights, weight decay, and the engines that evaluate them."""
