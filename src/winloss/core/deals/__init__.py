"""The facts: records read through their forms, the deals they tell of, what spans records."""
