// Command build runs the project that the shop's schema.toml declares.
package main

import (
	"martlet/examples/shop/generated"
	"martlet/internal/pipeline"
)

//go:generate go run ../../../../gen -root ../..

func main() { pipeline.Main(generated.Project()) }
