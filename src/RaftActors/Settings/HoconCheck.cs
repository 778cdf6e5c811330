using System.Globalization;

namespace RaftActors.Settings;

/// <summary>
/// Refuses HOCON on which Akka.NET's parser loops for ever, overflows the stack, or reads something else than is written. The parser
/// ignores brackets that do not match. It never leaves a list whose next character can begin neither a value nor a comment. It calls
/// itself for each level of nesting and each part of a key.
/// </summary>
internal ref struct HoconCheck
{
    private const int LengthMax = 1 << 20;

    // The parser needs some 1 kB of stack for each level. No configuration of Akka.NET has more than eight levels.
    private const int DepthMax = 64;

    private const string Reserved = "$\"{}[]:=,#`^?!@*&\\";
    private const string Escapes = "\"\\/bfnrt";
    private const string Triple = "\"\"\"";

    private readonly ReadOnlySpan<char> _text;
    private readonly string _source;
    private int _at;
    private int _depth;

    private HoconCheck(string text, string source)
    {
        _text = text;
        _source = source;
    }

    private readonly bool IsAtEnd => _at == _text.Length;

    private readonly char Next => IsAtEnd ? '\0' : _text[_at];

    private readonly bool IsAtComment => Next == '#' || Continues("//");

    // Zero stands for the end of the text. Within the text, it is an ordinary character.
    private readonly bool IsAtPlain => !IsAtEnd && !char.IsWhiteSpace(Next) && !IsAtComment && !Reserved.Contains(Next);

    /// <exception cref="RaftConfigurationException">The text is wrong.</exception>
    public static void Demand(string text, string source)
    {
        if (text.Length > LengthMax)
        {
            throw new RaftConfigurationException(
                $"{source}: the text has {text.Length} characters; it may have {LengthMax}. Set fewer keys.");
        }

        new HoconCheck(text, source).ReadAll();
    }

    private void ReadAll()
    {
        SkipSpace();
        if (Next != '{')
        {
            ReadMembers(open: -1);
            return;
        }

        ReadObject();
        SkipSpace();
        if (!IsAtEnd)
        {
            throw At(_at, "this text is after the '}' of the whole, where it would be ignored. Move it before the '}'.");
        }
    }

    private void ReadObject()
    {
        var open = _at++;
        Enter(open);
        ReadMembers(open);
        _depth--;
    }

    /// <param name="open">The place of the brace, or -1 if the members end with the text.</param>
    private void ReadMembers(int open)
    {
        while (true)
        {
            SkipSpace();
            if (IsAtEnd)
            {
                if (open >= 0)
                {
                    throw At(open, "this '{' is not closed. Add the '}'.");
                }

                return;
            }

            if (Next == '}' && open >= 0)
            {
                _at++;
                return;
            }

            ReadMember();
        }
    }

    private void ReadMember()
    {
        var start = _at;
        var depth = _depth;
        ReadKeyPart();
        while (Next == '.')
        {
            Enter(_at++);
            SkipBlanks();
            ReadKeyPart();
        }

        SkipSpace();
        if (Next == '{')
        {
            ReadObject();
        }
        else if (Next is '=' or ':')
        {
            _at++;
            SkipSpace();
            ReadValue();
        }
        else
        {
            throw IsAtEnd || Next is '}' or '"' || IsAtPlain
                ? At(start, "this key has no value. Write key = value, or key { ... }.")
                : Unexpected("'=' or '{'");
        }

        _depth = depth;
    }

    private void ReadKeyPart()
    {
        var start = _at;
        if (Next == '"')
        {
            ReadQuoted();
            if (_at == start + 2)
            {
                throw At(start, "this key is empty. Write its name between the quotes.");
            }

            SkipBlanks();
            return;
        }

        // A key may have spaces. Akka.NET also lets it have line breaks, and so takes two keys for one.
        while (Next != '.' && Next != '\n' && !IsAtEnd && !IsAtComment && !Reserved.Contains(Next))
        {
            _at++;
        }

        var key = _text[start.._at].Trim();
        if (key.IsEmpty)
        {
            throw Next == ','
                ? At(_at, "this ',' stands before a key. A block needs none after its '}'. Delete it.")
                : Unexpected("a key");
        }

        if (key is "include" && Next == '"')
        {
            throw At(start, "include is not supported. Write the settings here.");
        }

        if (key[^1] == '+')
        {
            throw At(start, "+= is not supported. Write the whole list after '='.");
        }
    }

    // Ends at the end of a line, a comment, a comma, which it takes, or a closing bracket.
    private void ReadValue()
    {
        var start = _at;
        if (Next == '{')
        {
            ReadObject();
            SkipBlanks();
        }
        else if (Next == '[')
        {
            ReadList();
            SkipBlanks();
        }
        else
        {
            while (TryReadText())
            {
                SkipBlanks();
            }
        }

        if (_at == start)
        {
            throw Unexpected("a value");
        }

        if (Next == ',')
        {
            _at++;
        }
        else if (!IsAtEnd && !char.IsWhiteSpace(Next) && !IsAtComment && Next is not ('}' or ']'))
        {
            throw Unexpected("',' or the end of the line");
        }
    }

    private bool TryReadText()
    {
        if (Continues(Triple))
        {
            ReadTripleQuoted();
            return true;
        }

        if (Next == '"')
        {
            ReadQuoted();
            return true;
        }

        if (!IsAtPlain)
        {
            return false;
        }

        while (IsAtPlain)
        {
            _at++;
        }

        return true;
    }

    private void ReadList()
    {
        var open = _at++;
        Enter(open);
        while (true)
        {
            SkipSpace();
            if (IsAtEnd)
            {
                throw At(open, "this '[' is not closed. Add the ']'.");
            }

            if (Next == ']')
            {
                _at++;
                _depth--;
                return;
            }

            ReadValue();
        }
    }

    private void ReadQuoted()
    {
        var open = _at++;
        while (Next != '"')
        {
            if (IsAtEnd || Next == '\n')
            {
                throw At(open, "this quote is not closed on its line. Add the second one; \"\"\" begins a text of several lines.");
            }

            if (Next == '\\')
            {
                ReadEscape();
            }
            else
            {
                _at++;
            }
        }

        _at++;
    }

    private void ReadEscape()
    {
        var start = _at++;
        var length = Next == 'u' ? 5 : 1;
        var isKnown = length == 1
            ? !IsAtEnd && Escapes.Contains(Next)
            : _at + length <= _text.Length && !_text[(_at + 1)..(_at + length)].ContainsAnyExcept("0123456789abcdefABCDEF");
        if (!isKnown)
        {
            throw At(start, "there is no such escape. Write \\\\ for a backslash.");
        }

        _at += length;
    }

    private void ReadTripleQuoted()
    {
        var open = _at;
        var length = _text[(open + Triple.Length)..].IndexOf(Triple);
        if (length < 0)
        {
            throw At(open, "this \"\"\" is not closed. Add the second one.");
        }

        _at = open + Triple.Length + length + Triple.Length;
    }

    private void SkipSpace()
    {
        while (!IsAtEnd)
        {
            if (IsAtComment)
            {
                while (!IsAtEnd && Next != '\n')
                {
                    _at++;
                }
            }
            else if (char.IsWhiteSpace(Next))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t')
        {
            _at++;
        }
    }

    private void Enter(int at)
    {
        if (++_depth > DepthMax)
        {
            throw At(at, $"this is nested {_depth} levels deep; {DepthMax} are supported.");
        }
    }

    private readonly bool Continues(string text) => _text[_at..].StartsWith(text);

    private readonly RaftConfigurationException Unexpected(string expected) => Next switch
    {
        _ when IsAtEnd => At(_at, $"the text ends, and {expected} was expected."),
        '$' when Continues("${") => At(_at, $"{Rest(_at)} is not supported. Write the value itself."),
        '}' or ']' or ',' or '"' or '=' or ':' or '{' or '[' =>
            At(_at, $"found '{Next}', expected {expected}. A text with '{Next}' needs quotes."),
        '\n' => At(_at, $"the line ends, and {expected} was expected."),
        _ => At(_at, $"'{Next}' is allowed in quotes only. Write \"...\" around the whole text, as in \"name@node1\"."),
    };

    // Cut, because the user's text may be long.
    private readonly string Rest(int at)
    {
        var end = _text[at..].IndexOfAny("}\n\r");
        return _text.Slice(at, Math.Min(end < 0 ? _text.Length - at : end + 1, 80)).TrimEnd().ToString();
    }

    private readonly RaftConfigurationException At(int at, string problem)
    {
        var before = _text[..at];
        var line = before.Count('\n') + 1;
        var column = at - before.LastIndexOf('\n');
        return new RaftConfigurationException(
            string.Create(CultureInfo.InvariantCulture, $"{_source}:{line}:{column}: {problem}"));
    }
}
