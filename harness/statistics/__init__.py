"""How sure one can be of a number. Knows neither layers nor labels."""
