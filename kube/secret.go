package kube

// hidden stands for what is in a Secret.
var hidden = textValue("***")

// Shown is the object as people are shown it: Raw without the managed fields,
// as kubectl has it, and of a Secret "***" is under the keys of its data, and of
// its annotations, which may quote it.
func (i *Item) Shown() Value {
	meta := i.Meta().Raw()
	if meta.Get("managedFields").Exists() {
		meta = setField(meta, "managedFields", Value{})
	}
	shown := i.raw
	if i.Kind() == "Secret" {
		meta = withHidden(meta, "annotations")
		shown = withHidden(withHidden(shown, "data"), "stringData")
	}
	return setField(shown, "metadata", meta)
}

// withHidden is an object with all that is under one of its keys hidden.
func withHidden(object Value, key string) Value {
	value := object.Get(key)
	if value.Len() == 0 {
		return object
	}
	var members []field
	for name := range value.Fields() {
		members = append(members, field{name, hidden})
	}
	if members == nil {
		return setField(object, key, hidden)
	}
	return setField(object, key, objectOf(members))
}
