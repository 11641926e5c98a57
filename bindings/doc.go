// Package bindings is what Lua sees of package kube: views, items and their
// kin as userdata, one class a file.
//
// A class is a table of attributes and methods. A body checks its arguments,
// makes one call of package kube, and pushes the result; a call that may wait
// goes through [host.Host.Block]. Errors are raised as values that carry a
// [kube.Error], see [Raised].
//
// What stands in a cluster's answers is not decoded before a script reads it:
// mappings and sequences are read-only and look into the JSON when asked.
package bindings
