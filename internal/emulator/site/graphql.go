package site

import (
	"errors"
	"net/http"
)

// graphql asks what REST lacks, as the acting person.
func (v *visit) graphql(query string, vars map[string]any, into any) error {
	a, err := v.ask(http.MethodPost, "/api/graphql", "token "+v.who.token, map[string]any{"query": query, "variables": vars})
	if err != nil {
		return err
	}
	answer := struct {
		Data   any `json:"data"`
		Errors []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"errors"`
	}{Data: into}
	if err := decode(a, &answer); err != nil {
		return err
	}
	if len(answer.Errors) == 0 {
		return nil
	}
	first := answer.Errors[0]
	switch first.Type {
	case "NOT_FOUND":
		return &refusal{Status: http.StatusNotFound, Message: first.Message}
	case "FORBIDDEN":
		return &refusal{Status: http.StatusForbidden, Message: first.Message}
	case "UNPROCESSABLE":
		return &refusal{Status: http.StatusUnprocessableEntity, Message: first.Message}
	}
	return errors.New("GraphQL: " + first.Message)
}
