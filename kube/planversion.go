package kube

import (
	"fmt"
	"strconv"
)

// The parts of the version of a planned state: one bit that no server sets, the
// number of the write in the plan, and the version that is stored. So versions
// of the plan are in the order of its writes and above those of the server, and
// tell which one of the server's they stand for.
const (
	plannedBit = 1 << 63
	storedBits = 43
)

// plannedVersion is the version of the state after the plan's write of a
// number, of an object that is stored at a version; "" for one that isn't
// stored.
func plannedVersion(number int, stored string) string {
	n, err := strconv.ParseUint(stored, 10, 64)
	if err != nil || n >= 1<<storedBits {
		n = 0 // no server has it
	}
	return strconv.FormatUint(plannedBit|uint64(number)<<storedBits|n, 10)
}

// storedVersion reads a version of the plan: which one is stored, "" for none,
// and after how many writes it was planned.
func storedVersion(version string) (stored string, number int, ok bool) {
	n, err := strconv.ParseUint(version, 10, 64)
	if err != nil || n&plannedBit == 0 {
		return "", 0, false
	}
	if v := n & (1<<storedBits - 1); v > 0 {
		stored = fmt.Sprint(v)
	}
	return stored, int(n &^ plannedBit >> storedBits), true
}

func objectVersion(object Value) string { return object.At("metadata", "resourceVersion").String() }

func uidOf(object Value) string { return object.At("metadata", "uid").String() }

// withMeta is an object with a member of its metadata set, or with an absent
// value deleted.
func withMeta(object Value, key string, value Value) Value {
	return setField(object, "metadata", setField(object.Get("metadata"), key, value))
}

func withVersion(object Value, version string) Value {
	return withMeta(object, "resourceVersion", textValue(version))
}
