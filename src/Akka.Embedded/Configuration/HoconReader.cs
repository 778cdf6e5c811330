using System.Globalization;
using System.Text;

namespace Akka.Configuration;

/// <summary>Reads the characters of a text and tracks line and column.</summary>
internal sealed class HoconReader(string text, string source)
{
    private const char End = '\0';
    private const string NotInUnquotedText = "$\"{}[]:=,#`^?!@*&\\";

    /// <summary>The text without a byte order mark.</summary>
    private readonly string _text = text.TrimStart('\uFEFF');

    private int _position;
    private int _line = 1;
    private int _lineStart;

    public string Source { get; private set; } = source;

    public HoconOrigin Origin => new(Source, _line, _position - _lineStart + 1);

    public bool IsAtEnd => _position >= _text.Length;

    public char Current => IsAtEnd ? End : _text[_position];

    private char Next => _position + 1 < _text.Length ? _text[_position + 1] : End;

    private bool IsAtComment => Current == '#' || (Current == '/' && Next == '/');

    public bool IsAtUnquotedText => !IsAtEnd && !char.IsWhiteSpace(Current) && !NotInUnquotedText.Contains(Current) && !IsAtComment;

    public bool StartsWith(string text) => string.CompareOrdinal(_text, _position, text, 0, text.Length) == 0;

    public bool TrySkip(string text)
    {
        if (!StartsWith(text))
        {
            return false;
        }

        _position += text.Length;
        return true;
    }

    /// <summary>Skips spaces and comments up to the end of the line. Returns the spaces.</summary>
    public string SkipSpaces()
    {
        var start = _position;
        while (!IsAtEnd && Current != '\n' && (char.IsWhiteSpace(Current) || Current == '\uFEFF'))
        {
            _position++;
        }

        var spaces = _text[start.._position];
        if (IsAtComment)
        {
            SkipComment();
        }

        return spaces;
    }

    /// <summary>Skips spaces, comments and line ends. Returns whether it skipped a line end.</summary>
    public bool SkipLines()
    {
        var line = _line;
        SkipSpaces();
        while (Current == '\n')
        {
            _position++;
            _line++;
            _lineStart = _position;
            SkipSpaces();
        }

        return _line != line;
    }

    /// <summary>Reads unquoted text. A key also ends at a dot and before <c>+=</c>, and may contain spaces.</summary>
    public string ReadUnquotedText(bool isKey = false)
    {
        var start = _position;
        while (isKey ? IsInKey() : IsAtUnquotedText)
        {
            _position++;
        }

        return isKey ? _text[start.._position].TrimEnd() : _text[start.._position];

        bool IsInKey() => Current is ' ' or '\t' || (IsAtUnquotedText && Current != '.' && !StartsWith("+="));
    }

    /// <summary>Reads up to a character on the same line and skips that character.</summary>
    public string ReadUntil(char stop, string what)
    {
        var origin = Origin;
        var end = _text.AsSpan(_position).IndexOfAny(stop, '\n');
        if (end < 0 || _text[_position + end] != stop)
        {
            throw Error(origin, $"{what} is not closed on its line, expected '{stop}'");
        }

        var read = _text.Substring(_position, end);
        _position += end + 1;
        return read;
    }

    public string ReadQuotedText() => StartsWith("\"\"\"") ? ReadTripleQuotedText() : ReadEscapedText();

    public ConfigurationException Unexpected(string expected)
    {
        var found = Current switch
        {
            _ when IsAtEnd => "the end of the text",
            '\n' => "the end of the line",
            _ when IsAtUnquotedText => $"'{ReadWord()}'",
            var character => $"'{character}'",
        };
        return Error(Origin, $"found {found}, expected {expected}");

        string ReadWord()
        {
            var end = _position;
            while (end < _text.Length && !char.IsWhiteSpace(_text[end]) && !NotInUnquotedText.Contains(_text[end]))
            {
                end++;
            }

            return _text[_position..end];
        }
    }

    public static ConfigurationException Error(HoconOrigin origin, string problem) => new($"{origin}: {problem}.");

    private string ReadTripleQuotedText()
    {
        var origin = Origin;
        _position += 3;
        var start = _position;
        var end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error(origin, "a text in triple quotes is not closed, expected \"\"\"");
        }

        // The last three of more than three quotes close the text; the others belong to it.
        while (end + 3 < _text.Length && _text[end + 3] == '"')
        {
            end++;
        }

        for (; _position < end; _position++)
        {
            if (Current == '\n')
            {
                _line++;
                _lineStart = _position + 1;
            }
        }

        _position = end + 3;
        return _text[start..end];
    }

    private string ReadEscapedText()
    {
        var origin = Origin;
        _position++;
        var read = new StringBuilder();
        while (Current != '"')
        {
            if (IsAtEnd || Current == '\n')
            {
                throw Error(origin, "a text in quotes is not closed on its line, expected '\"'");
            }

            read.Append(Current == '\\' ? ReadEscape() : Current);
            _position++;
        }

        _position++;
        return read.ToString();
    }

    /// <summary>Reads an escape sequence and stops on its last character.</summary>
    private char ReadEscape()
    {
        var origin = Origin;
        _position++;
        switch (Current)
        {
            case '"' or '\\' or '/':
                return Current;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _position + 4 < _text.Length && ushort.TryParse(
                _text.AsSpan(_position + 1, 4), NumberStyles.AllowHexSpecifier, null, out var code):
                _position += 4;
                return (char)code;
            default:
                throw Error(origin, $"found '\\{Current}', expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u and four hex digits");
        }
    }

    private void SkipComment()
    {
        var start = _position;
        var end = _text.IndexOf('\n', start);
        _position = end < 0 ? _text.Length : end;
        var comment = _text.AsSpan(start, _position - start);
        if (comment.StartsWith("#line "))
        {
            ReadLineDirective(comment);
        }
    }

    /// <summary>
    /// Handles <c>#line 12 "node1.conf"</c>: the next line is line 12 of that file. Other HOCON parsers see a comment. A program
    /// that joins several files into one text uses it to keep error places and relative includes correct.
    /// </summary>
    private void ReadLineDirective(ReadOnlySpan<char> comment)
    {
        var quote = comment.IndexOf('"');
        var end = comment.LastIndexOf('"');
        if (end > quote && comment.TrimEnd()[^1] == '"' && int.TryParse(comment["#line ".Length..quote], out var line))
        {
            Source = comment[(quote + 1)..end].ToString();
            _line = line - 1;
        }
    }
}
