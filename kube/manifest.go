package kube

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Bounds on the text of a manifest. The largest that projects publish have some
// 10 MB, and no API server takes an object of more than 3 MiB. To read YAML takes
// hundreds of times its memory.
const (
	maxManifest = 64 << 20
	maxDocument = 4 << 20 // of YAML
	maxNesting  = 1000
)

// ParseObject reads one object of JSON or YAML text. Text that is neither, or
// holds several documents, is a ValueError. When ctx ends while the text is read
// it returns the cause.
func ParseObject(ctx context.Context, text string) (Value, error) {
	documents, err := parseDocuments(ctx, text)
	switch {
	case err != nil:
		return Value{}, err
	case len(documents) > 1:
		return Value{}, Errorf(ValueError, "the text holds several documents (split it, one object at a time)")
	case len(documents) == 0 || documents[0].Type() != Object:
		return Value{}, Errorf(ValueError, "the data is not an object with apiVersion and kind")
	}
	return documents[0], nil
}

// ParseManifest reads the objects of a text: JSON, or YAML of one or many
// documents; JSON texts may just follow each other. A List, of whatever kind, stands for its elements; documents
// without content are skipped. Text that is neither JSON nor YAML, holds
// something else than objects or is larger than 64 MiB, or 4 MiB in a document of
// YAML, is a ValueError that tells which document is wrong, and so is YAML that
// [CheckYAML] refuses. When ctx ends while the text is read it returns the cause.
func ParseManifest(ctx context.Context, text string) ([]Value, error) {
	documents, err := parseDocuments(ctx, text)
	if err != nil {
		return nil, err
	}
	return Objects(documents)
}

// Objects lists the objects of a manifest's documents, with Lists taken apart.
func Objects(documents []Value) ([]Value, error) {
	var objects []Value
	for i, d := range documents {
		if d.Type() != Object {
			return nil, Errorf(ValueError, "document %d is not an object with apiVersion and kind", i+1)
		}
		if !isList(d) {
			objects = append(objects, d)
			continue
		}
		kind := strings.TrimSuffix(d.Get("kind").String(), "List")
		for e := range d.Get("items").Elements() {
			if e.Type() != Object {
				return nil, Errorf(ValueError, "document %d, a %s, holds something that is not an object", i+1, d.Get("kind"))
			}
			// The elements of a typed list may leave out what they are.
			if kind != "" {
				e = (&Resource{Kind: kind, Versions: []string{d.Get("apiVersion").String()}}).complete(e)
			}
			objects = append(objects, e)
		}
	}
	return objects, nil
}

// isList tells whether an object is a collection of others.
func isList(object Value) bool {
	return strings.HasSuffix(object.Get("kind").String(), "List") && object.Get("items").Type() == Array && !object.At("metadata", "name").Exists()
}

// parseDocuments reads the documents of a text, the empty ones left out.
func parseDocuments(ctx context.Context, text string) ([]Value, error) {
	if len(text) > maxManifest {
		return nil, Errorf(ValueError, "the text is larger than %d MiB", maxManifest>>20)
	}
	// JSON is taken as it is: read as YAML, escapes and big numbers suffer.
	if documents, ok := jsonDocuments(text); ok {
		return documents, checkNesting(documents)
	}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var documents []Value
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		document, err := reader.Read()
		if err == io.EOF {
			return documents, checkNesting(documents)
		}
		if len(document) > maxDocument {
			return nil, Errorf(ValueError, "document %d is YAML of more than %d MiB (JSON may have more)", n, maxDocument>>20)
		}
		if err := CheckYAML(ctx, document); err != nil {
			return nil, Errorf(ValueError, "document %d: %s", n, err)
		}
		var b []byte
		if err == nil {
			b, err = yaml.YAMLToJSONStrict(document)
		}
		if err == nil {
			err = single(document)
		}
		if err != nil {
			where := ""
			if n > 1 {
				where = "document " + strconv.Itoa(n) + " is "
			}
			return nil, Errorf(ValueError, "%sneither YAML nor JSON: %s", where, oneLine(err))
		}
		if v := trusted(b); v.Type() != Null { // else nothing but comments
			documents = append(documents, v)
		}
	}
}

// CheckYAML is a ValueError where reading a text as YAML may take more memory than a
// method MaxMemory() int64 of ctx says, if it has one.
func CheckYAML(ctx context.Context, text []byte) error {
	bounded, ok := ctx.(interface{ MaxMemory() int64 })
	if !ok {
		return nil
	}
	most, need := bounded.MaxMemory(), yamlMemory(text)
	if need <= most {
		return nil
	}
	return Errorf(ValueError, "this YAML may take some %d MiB to read, and the script may hold %s (JSON takes less)",
		max(need>>20, 1), resource.NewQuantity(most, resource.BinarySI))
}

// yamlMemory is about how many bytes it takes at most to read a text as YAML: the text
// is copied some times, and what may begin an entry or element becomes nodes and values.
func yamlMemory(text []byte) int64 {
	const copies, perMark = 8, 512
	need := int64(len(text)) * copies
	for _, b := range text {
		switch b {
		case '-', ':', '?', ',', '[', '{':
			need += perMark
		}
	}
	return need
}

// checkNesting is an error for documents that nest too deep. What looks into a
// value reads what is in it again on each level.
func checkNesting(documents []Value) error {
	for i, d := range documents {
		if d.nesting() > maxNesting {
			return Errorf(ValueError, "document %d is nested deeper than %d levels", i+1, maxNesting)
		}
	}
	return nil
}

// jsonDocuments reads JSON texts that follow each other, as kubectl does. It
// tells whether that is all there is; a flow mapping of YAML looks alike.
func jsonDocuments(text string) ([]Value, bool) {
	if start := strings.TrimLeft(text, " \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	var documents []Value
	for {
		var document json.RawMessage
		switch err := decoder.Decode(&document); {
		case err == io.EOF:
			return documents, true
		case err != nil:
			return nil, false
		}
		documents = append(documents, trusted(document))
	}
}

// single tells of a part of a text that holds more than its first document:
// the converter to JSON leaves out the rest.
func single(document []byte) error {
	decoder := goyaml.NewDecoder(bytes.NewReader(document))
	var content any
	if err := decoder.Decode(&content); err != nil {
		return nil // nothing but comments: whatever else is wrong was found before
	}
	if err := decoder.Decode(&content); err != io.EOF {
		return errors.New("something follows the object (documents are divided by a line of ---)")
	}
	return nil
}

// ParsePatch reads a patch of JSON or YAML text: one object, or a list of
// operations. Anything else is a ValueError.
func ParsePatch(ctx context.Context, text string) (Value, error) {
	documents, err := parseDocuments(ctx, text)
	switch {
	case err != nil:
		return Value{}, err
	case len(documents) != 1 || documents[0].Type() != Object && documents[0].Type() != Array:
		return Value{}, Errorf(ValueError, "the text is not one patch (an object or a list of operations)")
	}
	return documents[0], nil
}
