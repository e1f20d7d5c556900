"""A round on several workers, one of which is lost in the middle: everything ends, nothing twice, the same release byte for byte."""
