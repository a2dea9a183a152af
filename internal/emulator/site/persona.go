package site

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// actAs remembers as whom the visitor acts.
func (v *visit) actAs() error {
	name := v.r.PostFormValue("persona")
	if !v.actAsNamed(name) {
		return &refusal{Status: http.StatusUnprocessableEntity, Message: "Nobody here is called " + name}
	}
	http.SetCookie(v.w, &http.Cookie{ //nolint:gosec // not Secure: the site speaks plain HTTP on its own machine
		Name: personaCookie, Value: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(v.w, v.r, v.back(), http.StatusSeeOther)
	return nil
}

// asApp is the App's credential; empty if the site has none.
func (v *visit) asApp() (string, error) {
	if v.s.AppID == 0 {
		return "", nil
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(v.s.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("the App's private key: %w", err)
	}
	now := time.Now()
	claims := jwt.RegisteredClaims{Issuer: strconv.FormatInt(v.s.AppID, 10),
		IssuedAt: jwt.NewNumericDate(now.Add(-time.Minute)), ExpiresAt: jwt.NewNumericDate(now.Add(5 * time.Minute))}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign as the App: %w", err)
	}
	return "Bearer " + token, nil
}
