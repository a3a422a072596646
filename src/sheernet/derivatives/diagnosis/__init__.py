"""What kind of mistake a wrong gradient holds."""
