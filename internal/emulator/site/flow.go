package site

func drawFlow(string) (string, bool) { return "", false }
