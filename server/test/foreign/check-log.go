// Checks a log with code that is not ours: golang.org/x/mod/sumdb/note and tlog, as Debian packages them. It reads what
// to check from standard input, fetches the log over HTTP, and ends with 1 and a sentence at the first thing that does
// not hold. The only cryptography of its own is the cosignature, which that library does not know.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type task struct {
	URL           string      `json:"url"`
	LogVkey       string      `json:"logVkey"`
	WitnessVkeys  []string    `json:"witnessVkeys"`
	OldCheckpoint string      `json:"oldCheckpoint"`
	Consistency   []tlog.Hash `json:"consistency"`
	Proofs        []struct {
		Leaf []byte `json:"leaf"`
		Text string `json:"text"`
	} `json:"proofs"`
	TilePaths []struct {
		Level int    `json:"level"`
		Index int64  `json:"index"`
		Width int    `json:"width"`
		Path  string `json:"path"`
	} `json:"tilePaths"`
}

func main() {
	var t task
	must("the task", json.NewDecoder(os.Stdin).Decode(&t))
	logVerifier, err := note.NewVerifier(t.LogVkey)
	must("the log's vkey", err)
	known := []note.Verifier{logVerifier}
	for _, vkey := range t.WitnessVkeys {
		cosigner, err := newCosignerVerifier(vkey)
		must("a witness's vkey", err)
		known = append(known, cosigner)
	}

	checkpoint, signatures := open("the checkpoint", string(get(t.URL+"/checkpoint")), known)
	old, _ := open("the old checkpoint", t.OldCheckpoint, known)
	tiles := tlog.TileHashReader(checkpoint, &served{url: t.URL})

	root, err := tlog.TreeHash(checkpoint.N, tiles)
	must("the tiles", err)
	expect("the root of the tiles is that of the checkpoint", root == checkpoint.Hash)
	leaves := checkEntries(t.URL, checkpoint.N, tiles)
	must("our consistency proof", tlog.CheckTree(t.Consistency, checkpoint.N, checkpoint.Hash, old.N, old.Hash))
	theirs, err := tlog.ProveTree(checkpoint.N, old.N, tiles)
	must("a consistency proof from our tiles", err)
	must("a consistency proof from our tiles", tlog.CheckTree(theirs, checkpoint.N, checkpoint.Hash, old.N, old.Hash))
	expect("both consistency proofs are the same", fmt.Sprint(theirs) == fmt.Sprint(tlog.TreeProof(t.Consistency)))
	broken := append(tlog.TreeProof{}, t.Consistency...)
	broken[0][0] ^= 1
	expect("a broken proof is refused", tlog.CheckTree(broken, checkpoint.N, checkpoint.Hash, old.N, old.Hash) != nil)

	for _, proof := range t.Proofs {
		checkProof(proof.Text, proof.Leaf, known)
	}
	for _, tile := range t.TilePaths {
		path := tlog.Tile{H: 8, L: tile.Level, N: tile.Index, W: tile.Width}.Path()
		expect(tile.Path+" is the path of its tile", path == "tile/8/"+tile.Path)
	}
	must("the answer", json.NewEncoder(os.Stdout).Encode(map[string]int64{
		"size": checkpoint.N, "leaves": leaves, "signatures": int64(signatures), "proofs": int64(len(t.Proofs)),
	}))
}

// open verifies a signed note and reads its text as a tree; the format is that of Go's own log but for the first line.
func open(what, signed string, known []note.Verifier) (tlog.Tree, int) {
	n, err := note.Open([]byte(signed), note.VerifierList(known...))
	must(what, err)
	expect(what+" is signed by its log", n.Sigs[0].Name == known[0].Name())
	origin, rest, found := strings.Cut(n.Text, "\n")
	expect(what+" names its origin", found && origin == known[0].Name())
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	must(what, err)
	return tree, len(n.Sigs)
}

// checkEntries hashes every entry bundle and compares it with the tiles, which were compared with the root.
func checkEntries(url string, size int64, tiles tlog.HashReader) int64 {
	var index int64
	for index < size {
		tile := tlog.Tile{H: 8, L: 0, N: index / 256, W: int(min64(256, size-index))}
		bundle := get(url + "/" + strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			leaf := bundle[2 : 2+length]
			bundle = bundle[2+length:]
			hashes, err := tiles.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			must("a leaf", err)
			expect(fmt.Sprintf("leaf %d hashes to its tile", index), hashes[0] == tlog.RecordHash(leaf))
			index++
		}
	}
	return index
}

// checkProof reads a C2SP tlog-proof as its specification says.
func checkProof(text string, leaf []byte, known []note.Verifier) {
	head, signed, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	expect("it is a tlog-proof", found && lines[0] == "c2sp.org/tlog-proof@v1")
	var index int64
	_, err := fmt.Sscanf(lines[1], "index %d", &index)
	must("the index", err)
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		must("a hash", err)
		proof = append(proof, hash)
	}
	tree, _ := open("the checkpoint of a proof", signed, known)
	must("an inclusion proof", tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
	other := append([]byte{}, leaf...)
	other[0] ^= 1
	expect("another leaf is refused", tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(other)) != nil)
}

// served reads tiles as C2SP tlog-tiles serves them; the paths are Go's without the height.
type served struct{ url string }

func (s *served) Height() int                     { return 8 }
func (s *served) SaveTiles([]tlog.Tile, [][]byte) {}
func (s *served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		contents = append(contents, get(s.url+"/"+strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return contents, nil
}

// cosigner verifies C2SP tlog-cosignature with Ed25519.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosignerVerifier(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("it does not have three parts")
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(material) != 33 || material[0] != 4 {
		return nil, errors.New("it is not an Ed25519 cosigner's")
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	if fmt.Sprintf("%x", digest[:4]) != parts[1] {
		return nil, errors.New("its id is not that of its key")
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(digest[:4]), material[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	header := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(c.key, append([]byte(header), message...), signature[8:])
}

func get(url string) []byte {
	response, err := http.Get(url)
	must(url, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	must(url, err)
	expect(fmt.Sprintf("%s answers 200, not %d", url, response.StatusCode), response.StatusCode == 200)
	return content
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func must(what string, err error) {
	if err != nil {
		expect(what+": "+err.Error(), false)
	}
}

func expect(what string, holds bool) {
	if !holds {
		fmt.Fprintln(os.Stderr, "does not hold: "+what)
		os.Exit(1)
	}
}
