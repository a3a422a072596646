"""Colors of pictures, in files and in notebooks.

Color-blind readers can tell blue #0072B2 from vermillion #D55E00, and both have a contrast of 3:1 on white and on dark
(Okabe and Ito, "Color Universal Design", 2008).  Color is never the only distinction: a dash, a marker or a text
accompanies it.
"""

POSITIVE = "#0072B2"
NEGATIVE = "#D55E00"
NEUTRAL = "#767676"  # 4.5:1 on white and on black
