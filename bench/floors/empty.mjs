// The floor for starting: a Node script that does nothing.
