// Command empty does nothing. It tells how long a process takes by itself.
package main

func main() {}
