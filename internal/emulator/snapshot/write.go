package snapshot

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Marshal writes what v, a pointer to a struct, points to, and all that is
// reached from there. The same graph gives the same bytes.
func Marshal(v any) ([]byte, error) {
	root := reflect.ValueOf(v)
	if root.Kind() != reflect.Pointer || root.Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("snapshot: %T is no pointer to a struct", v)
	}
	w := &writer{numbers: map[any]int{}}
	w.number(root)
	var out document
	for at := 0; at < len(w.queue); at++ {
		var b bytes.Buffer
		if err := w.fields(&b, w.queue[at]); err != nil {
			return nil, fmt.Errorf("snapshot: %s: %w", w.queue[at].Type(), err)
		}
		out.Objects = append(out.Objects, b.Bytes())
	}
	return json.Marshal(out)
}

// writer numbers the objects as it meets them.
type writer struct {
	numbers map[any]int // pointer → number, from 0
	queue   []reflect.Value
}

func (w *writer) number(p reflect.Value) int {
	key := p.Interface()
	n, known := w.numbers[key]
	if !known {
		n = len(w.queue)
		w.numbers[key] = n
		w.queue = append(w.queue, p.Elem())
	}
	return n
}

// fields writes a struct, without the fields that are zero.
func (w *writer) fields(b *bytes.Buffer, v reflect.Value) error {
	if key, isKey := v.Addr().Interface().(*rsa.PrivateKey); isKey {
		return w.plain(b, encoded{x509.MarshalPKCS1PrivateKey(key)})
	}
	b.WriteByte('{')
	more := false
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if skipped(f) || v.Field(i).IsZero() {
			continue
		}
		if more {
			b.WriteByte(',')
		}
		more = true
		b.WriteString(strconv.Quote(f.Name) + ":")
		if err := w.value(b, open(v, i)); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	b.WriteByte('}')
	return nil
}

func (w *writer) value(b *bytes.Buffer, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return w.plain(b, v.Interface())
	case reflect.String:
		return w.text(b, []byte(v.String()))
	case reflect.Struct:
		if v.Type() == timeType {
			at, _ := v.Interface().(time.Time)
			return w.plain(b, at.UTC().Format(time.RFC3339Nano))
		}
		return w.fields(b, addressable(v))
	case reflect.Pointer:
		return w.pointer(b, v)
	case reflect.Slice, reflect.Array:
		return w.list(b, v)
	case reflect.Map:
		return w.mapping(b, v)
	default:
		return fmt.Errorf("a %s is not data", v.Type())
	}
}

func (w *writer) pointer(b *bytes.Buffer, v reflect.Value) error {
	switch {
	case v.IsNil():
		b.WriteString("null")
		return nil
	case v.Elem().Kind() == reflect.Struct && v.Elem().Type() != timeType:
		b.WriteString(strconv.Itoa(w.number(v)))
		return nil
	}
	return w.value(b, v.Elem())
}

func (w *writer) list(b *bytes.Buffer, v reflect.Value) error {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			b.WriteString("null")
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return w.text(b, v.Bytes())
		}
	}
	b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := w.value(b, v.Index(i)); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// mapping writes the pairs of a map, in the order of their keys as written.
func (w *writer) mapping(b *bytes.Buffer, v reflect.Value) error {
	if v.IsNil() {
		b.WriteString("null")
		return nil
	}
	type pair struct {
		key string
		val reflect.Value
	}
	var pairs []pair
	for it := v.MapRange(); it.Next(); {
		var key bytes.Buffer
		if err := w.value(&key, it.Key()); err != nil {
			return err
		}
		pairs = append(pairs, pair{key.String(), it.Value()})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	b.WriteByte('[')
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("[" + p.key + ",")
		if err := w.value(b, p.val); err != nil {
			return err
		}
		b.WriteByte(']')
	}
	b.WriteByte(']')
	return nil
}

// text writes UTF-8 as it reads, and other bytes in base 64.
func (w *writer) text(b *bytes.Buffer, text []byte) error {
	if !utf8.Valid(text) {
		return w.plain(b, encoded{text})
	}
	return w.plain(b, string(text))
}

func (w *writer) plain(b *bytes.Buffer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b.Write(text)
	return nil
}
