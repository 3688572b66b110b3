"""What dlsolve promises at full size, run as a user would run it: commands of their own, minutes long."""
