// Command image makes a container image of kubelua without a daemon: what
// deploy/Dockerfile makes, for several platforms at once, as a tar archive in the OCI
// layout.
//
//	image --output FILE [--name NAME] ARCHITECTURE=PROGRAM...
//
// The same programs make the same archive, byte by byte.
package main
