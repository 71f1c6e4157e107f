// Package docs writes the page on which a project can be looked at: what its last
// run found, how its nodes hang together down to the columns, what is in them and
// which tests hold. It is one HTML file that needs no server and no network.
//
// The page is made of the templates in templates/ and of the style sheet and the
// scripts in assets/. Everything that is known when it is built is in its HTML, so
// that it can be read, printed and searched without a script; what moves, the
// drawing of the lineage and the search, is drawn by the scripts from one island of
// JSON.
//
// The package knows a contract.Project and, as bytes, the files of the target folder.
// It opens no file, knows no run and no network, and asks no clock: the same project
// and files give the same page.
package docs
