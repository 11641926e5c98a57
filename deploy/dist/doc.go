// Command dist makes what is released: for each platform an archive of the program with
// its texts, the checksums of all archives, and the manifest of the plugin for krew.
//
//	dist --output FOLDER OS/ARCHITECTURE=PROGRAM...
//
// It runs in the folder that has LICENSE and README.md. The version and the time of
// everything are those that the Go toolchain has stamped the programs with, so the
// same commit makes the same files, byte by byte. One of the programs has to run where
// this does: it prints the completions and the manual.
package main
