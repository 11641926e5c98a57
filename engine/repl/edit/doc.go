// Package edit is a line editor for terminals: it reads texts of one or more
// lines, with Emacs' keys, a history, completion in a menu, and a hint below the
// text.
//
// An [Editor] draws a block at the bottom of what the terminal shows: the
// prompt with the text, the hint, the menu. What is written to the editor
// meanwhile appears above the block. It uses no more of a terminal than moving
// the cursor, clearing and colours, and asks it nothing.
package edit
