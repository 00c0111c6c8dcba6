' What stands before each VBScript of this folder; tests/e2e/scripts.py puts them together.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Option Explicit

Dim Arguments, Http
Set Arguments = WScript.Arguments
Set Http = CreateObject("WinHttp.WinHttpRequest.5.1")

' A line in ASCII: other characters of the code page as <hexadecimal number>.
Sub Say(Text)
    Dim Line, Place, Code

    Line = ""
    For Place = 1 To Len(Text)
        Code = Asc(Mid(Text, Place, 1))
        If Code < 32 Or Code > 126 Then
            Line = Line & "<" & Hex(Code) & ">"
        Else
            Line = Line & Chr(Code)
        End If
    Next
    WScript.Echo Line
End Sub

' What the last call did wrong, if anything.
Sub SayError
    If Err.Number = 0 Then
        Say "no error"
    ElseIf Err.Description = "" Then
        Say "error " & Hex(Err.Number) & ", not described"
    Else
        Say "error " & Hex(Err.Number) & ", described"
    End If
    Err.Clear
End Sub

Sub Request(Verb, Url)
    Http.Open Verb, Url, False
    Http.Send
End Sub

Sub SayAnswer
    Say Http.Status & " " & Http.StatusText & ": " & Http.ResponseText
End Sub
