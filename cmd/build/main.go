// Command build runs the project that schema.toml declares.
package main

import (
	"martlet/generated"
	"martlet/internal/pipeline"
)

//go:generate go run ../../gen -root ../..

func main() { pipeline.Main(generated.Project()) }
