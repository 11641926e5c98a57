package kube

// identity is what tells an object, and a version of it, from others. The texts
// are as they are between quotes in the object, which none of them changes by
// an escape.
type identity struct{ namespace, name, uid, version []byte }

// identify reads the identity of an object, and no more of the object than that
// takes: whoever goes over thousands of objects does so for each of them.
func identify(object []byte) (id identity) {
	at := skipSpace(object, 0) + 1
	for {
		key, from := nextKey(object, at)
		if from < 0 {
			return id
		}
		if string(key) == "metadata" {
			id.read(object, skipSpace(object, from)+1)
			return id
		}
		if at = skipValue(object, from); at < 0 {
			return id
		}
	}
}

// read reads the metadata whose members begin at object[at].
func (id *identity) read(object []byte, at int) {
	for missing := 4; missing > 0; {
		m, next := nextMember(object, at)
		if next < 0 {
			return
		}
		at = next
		var text *[]byte
		switch string(m.key) {
		case "namespace":
			text = &id.namespace
		case "name":
			text = &id.name
		case "uid":
			text = &id.uid
		case "resourceVersion":
			text = &id.version
		default:
			continue
		}
		if m.to-m.from >= 2 && object[m.from] == '"' {
			*text = object[m.from+1 : m.to-1]
		}
		missing--
	}
}

// key is what the server orders objects by within a resource.
func (id identity) key() string { return string(id.namespace) + "/" + string(id.name) }

// key is the key of an object, or of a row of a table, which has the object in
// it.
func key(object []byte) string {
	id := identify(object)
	if id.name == nil {
		id = identify(Value{object}.Get("object").Raw())
	}
	return id.key()
}
