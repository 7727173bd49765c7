"""Breaks the product on purpose, one small defect at a time, and sees a named test turn red."""
