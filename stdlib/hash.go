package stdlib

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// digests are the hash functions by the names of their Lua functions.
var digests = map[string]func() hash.Hash{
	"crc32":  func() hash.Hash { return crc32.NewIEEE() },
	"md5":    md5.New,
	"sha1":   sha1.New,
	"sha256": sha256.New,
	"sha512": sha512.New,
}

// openHash opens the module hash: a function for each digest, and those that
// take keys.
func openHash(L *lua.LState, h host.Host) lua.LValue {
	all := functions{
		"equal": func(c call) int {
			a, b := c.text(1, "hash.equal: the first text"), c.text(2, "hash.equal: the second text")
			return c.push(lua.LBool(subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1))
		},
		"hmac": hashHMAC,
	}
	for name, digest := range digests {
		all[name] = func(c call) int { return c.pushDigest(digest(), 1, "hash."+name) }
	}
	return all.open(L, h)
}

// hashHMAC implements hash.hmac(digest, key, text, {raw = true}).
func hashHMAC(c call) int {
	name := c.text(1, "hash.hmac: the digest")
	digest := digests[name]
	if digest == nil || name == "crc32" {
		known := slices.DeleteFunc(slices.Sorted(maps.Keys(digests)), func(name string) bool { return name == "crc32" })
		c.invalid("hash.hmac: unknown digest %q%s", name, c.host.Suggest(name, known))
	}
	return c.pushDigest(hmac.New(digest, []byte(c.text(2, "hash.hmac: the key"))), 3, "hash.hmac")
}

// pushDigest pushes the digest of the text at argument i, in hexadecimal digits
// unless the options behind it say {raw = true}.
func (c call) pushDigest(digest hash.Hash, i int, function string) int {
	text := c.text(i, function+": the text")
	given := options[struct{ Raw bool }](c, i+1)
	digest.Write([]byte(text))
	sum := digest.Sum(nil)
	if given.Raw {
		return c.push(lua.LString(sum))
	}
	return c.push(lua.LString(hex.EncodeToString(sum)))
}
