// Package repl is the prompt: it reads Lua from a terminal, evaluates it in a
// session of the engine, and shows what comes of it.
//
// A text is an expression or a chunk; one that isn't complete gets another line.
// What begins with a colon is a command of the prompt, and a question mark
// before or behind a name asks for help on it.
//
// On a terminal the package edit reads the lines, and what tasks print meanwhile
// appears above them. Elsewhere, and where TERM is dumb, lines are read as they
// come.
package repl
