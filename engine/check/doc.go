// Package check finds mistakes in scripts without running them: what the
// documentation of the API says can't be right.
//
// It reads a script once, see [reading], and follows what values are from where
// they come: a global of the API, what a call returns, what a loop gets, what a
// callback is given. The stubs say which members and options such a value has.
// Where it doesn't know a value for certain, it says nothing: a finding is a
// line that fails when it is run, or one that does nothing that anybody could
// mean.
//
// A comment "-- kubelua: ignore" silences the line that it stands on.
package check
