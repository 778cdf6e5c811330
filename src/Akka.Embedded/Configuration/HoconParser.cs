namespace Akka.Configuration;

/// <summary>
/// Parses HOCON, except lists at the root and <c>url(...)</c>, <c>file(...)</c>, <c>classpath(...)</c> in includes. An included
/// file must exist. As in Akka.NET, no comma may follow an object without <c>=</c>.
/// </summary>
internal sealed class HoconParser
{
    /// <summary>The limit of objects and lists inside of each other. Without it, a text of brackets would overflow the stack.</summary>
    public const int DepthMax = 256;

    private const string AValue = "a value (quote it if it holds one of $ \" { } [ ] : = , # ` ^ ? ! @ * & \\)";

    private readonly HoconReader _reader;
    private readonly IReadOnlyList<string> _includedFrom;
    private readonly HoconFieldsNode _root;
    private readonly List<string> _path; // The path of the value that is being parsed.

    private HoconParser(HoconReader reader, IReadOnlyList<string> includedFrom, HoconFieldsNode root, List<string> path)
    {
        _reader = reader;
        _includedFrom = includedFrom;
        _root = root;
        _path = path;
    }

    /// <param name="text">The HOCON.</param>
    /// <param name="source">The file name, or another name in angle brackets.</param>
    /// <exception cref="ConfigurationException">The text is malformed, or a substitution has no value.</exception>
    public static HoconObject Parse(string text, string source)
    {
        var parser = new HoconParser(new HoconReader(text, source), [], new HoconFieldsNode(), []);
        parser.ReadDocument(parser._root);
        return new HoconResolver(parser._root).Resolve();
    }

    private void ReadDocument(HoconFieldsNode into)
    {
        _reader.SkipLines();
        if (_reader.TrySkip("{"))
        {
            ReadFields(into, closing: '}');
            _reader.SkipLines();
        }
        else
        {
            ReadFields(into, closing: null);
        }

        if (!_reader.IsAtEnd)
        {
            throw _reader.Unexpected("a key or the end of the text");
        }
    }

    /// <summary>Parses fields up to and including the closing brace, or to the end of the text if there is none.</summary>
    private void ReadFields(HoconFieldsNode into, char? closing)
    {
        var opened = _reader.Origin;
        _reader.SkipLines();
        while (true)
        {
            if (closing is null ? _reader.IsAtEnd : _reader.TrySkip("}"))
            {
                return;
            }

            if (_reader.IsAtEnd)
            {
                throw _reader.Unexpected($"'}}' for the '{{' in line {opened.Line}");
            }

            var isBareObject = !TryReadInclude(into) && ReadField(into);
            var isNewLine = _reader.SkipLines();
            if (_reader.Current == ',' && isBareObject)
            {
                throw _reader.Unexpected("a new line after 'key { ... }', because Akka.NET takes a comma only after 'key = { ... }'");
            }
            else if (_reader.TrySkip(","))
            {
                _reader.SkipLines();
            }
            else if (!isNewLine && !_reader.IsAtEnd && _reader.Current != closing)
            {
                throw _reader.Unexpected("a comma, a new line" + (closing is null ? "" : " or '}'"));
            }
        }
    }

    /// <returns>Whether the value is an object that follows its key without <c>=</c>.</returns>
    private bool ReadField(HoconFieldsNode into)
    {
        var keys = ReadKeys();
        keys.ForEach(_path.Add);
        DemandDepth();
        _reader.SkipSpaces();
        var isBareObject = _reader.Current == '{';
        if (!isBareObject && !_reader.TrySkip("=") && !_reader.TrySkip(":"))
        {
            var hint = _reader.StartsWith("+=") ? " (Akka.NET does not support '+='; write the whole list)" : "";
            throw _reader.Unexpected($"'=', ':' or '{{' after the key {HoconPath.Join(keys)}{hint}");
        }

        _reader.SkipLines();
        ReadValue(into, keys);
        _path.RemoveRange(_path.Count - keys.Count, keys.Count);
        return isBareObject;
    }

    // Each object and list that is being parsed has at least one element in the path.
    private void DemandDepth()
    {
        if (_path.Count > DepthMax)
        {
            throw HoconReader.Error(_reader.Origin, $"more than {DepthMax} objects and lists are inside of each other");
        }
    }

    private List<string> ReadKeys()
    {
        var keys = new List<string>();
        do
        {
            if (_reader.Current == '"')
            {
                keys.Add(_reader.ReadQuotedText());
            }
            else
            {
                var key = _reader.ReadUnquotedText(isKey: true);
                keys.Add(key.Length > 0 ? key : throw _reader.Unexpected(keys.Count == 0 ? "a key" : "a key after the dot"));
            }
        }
        while (_reader.TrySkip("."));

        return keys;
    }

    /// <summary>Parses a value under a key. An object is parsed into the existing object, so that the two merge.</summary>
    private void ReadValue(HoconFieldsNode into, List<string> keys)
    {
        if (!_reader.TrySkip("{"))
        {
            SetValue(into, keys, ReadValue());
            return;
        }

        var fields = keys.Aggregate(into, (parent, key) => parent.FieldsUnder(key));
        ReadFields(fields, closing: '}');
        _reader.SkipSpaces();
        var origin = _reader.Origin;
        if (ReadPieces() is { Count: > 0 } more)
        {
            SetValue(into, keys, new HoconJoinNode([new HoconFieldsNode(), .. more], origin));
        }
    }

    private static void SetValue(HoconFieldsNode into, List<string> keys, HoconNode value)
    {
        var parent = keys[..^1].Aggregate(into, (parent, key) => parent.FieldsUnder(key));
        parent.Fields[keys[^1]] = HoconNode.Override(parent.Fields.GetValueOrDefault(keys[^1]), value);
    }

    private HoconNode ReadValue()
    {
        var origin = _reader.Origin;
        return ReadPieces() switch
        {
            [] => throw _reader.Unexpected(AValue),
            [var piece] => piece,
            var pieces => new HoconJoinNode(pieces, origin),
        };
    }

    private List<HoconNode> ReadPieces()
    {
        var pieces = new List<HoconNode>();
        var spaces = "";
        while (TryReadPiece() is { } piece)
        {
            if (spaces.Length > 0)
            {
                pieces.Add(new HoconFinalNode(new HoconText(spaces, _reader.Origin, isQuoted: false)));
            }

            pieces.Add(piece);
            spaces = _reader.SkipSpaces();
        }

        return pieces;
    }

    private HoconNode? TryReadPiece()
    {
        var origin = _reader.Origin;
        switch (_reader.Current)
        {
            case '{':
                _reader.TrySkip("{");
                var fields = new HoconFieldsNode();
                ReadFields(fields, closing: '}');
                return fields;
            case '[':
                _reader.TrySkip("[");
                return ReadList(origin);
            case '"':
                return new HoconFinalNode(new HoconText(_reader.ReadQuotedText(), origin, isQuoted: true));
            case '$' when _reader.TrySkip("${"):
                var isOptional = _reader.TrySkip("?");
                return Substitution(HoconPath.Split(_reader.ReadUntil('}', "a substitution").Trim()), isOptional, origin);
            case var _ when _reader.IsAtUnquotedText:
                var text = _reader.ReadUnquotedText();
                return new HoconFinalNode(new HoconText(text == "null" ? null : text, origin, isQuoted: false));
            default:
                return null;
        }
    }

    private HoconSubstitutionNode Substitution(IReadOnlyList<string> path, bool isOptional, HoconOrigin origin)
    {
        var isOwnPath = path.SequenceEqual(_path);
        return new HoconSubstitutionNode(path, isOptional, origin)
        {
            MeansEarlierValue = isOwnPath,
            EarlierValue = isOwnPath ? _root.Find(path) : null,
        };
    }

    private HoconListNode ReadList(HoconOrigin opened)
    {
        var items = new List<HoconNode>();
        _path.Add("[]"); // Items of a list have no path that a substitution could name.
        DemandDepth();
        _reader.SkipLines();
        while (!_reader.TrySkip("]"))
        {
            if (_reader.IsAtEnd)
            {
                throw _reader.Unexpected($"']' for the '[' in line {opened.Line}");
            }

            items.Add(ReadValue());
            var isNewLine = _reader.SkipLines();
            if (_reader.TrySkip(","))
            {
                _reader.SkipLines();
            }
            else if (!isNewLine && !_reader.IsAtEnd && _reader.Current != ']')
            {
                throw _reader.Unexpected("a comma, a new line or ']'");
            }
        }

        _path.RemoveAt(_path.Count - 1);
        return new HoconListNode(items);
    }

    private bool TryReadInclude(HoconFieldsNode into)
    {
        if (!_reader.StartsWith("include ") && !_reader.StartsWith("include\""))
        {
            return false;
        }

        _reader.TrySkip("include");
        _reader.SkipSpaces();
        var origin = _reader.Origin;
        if (_reader.Current != '"')
        {
            throw _reader.Unexpected("the name of a file in quotes after include (quote the word if it is meant as a key)");
        }

        var name = _reader.ReadQuotedText();
        if (name.Length == 0 || name.Contains('\0') || _reader.Source.Contains('\0'))
        {
            throw HoconReader.Error(origin, $"'{name}' is no name of a file");
        }

        var file = Path.Combine(Path.GetDirectoryName(_reader.Source) ?? "", name);
        var chain = _includedFrom.Append(FullPath(_reader.Source)).ToList();
        if (chain.Contains(FullPath(file)))
        {
            throw HoconReader.Error(origin, $"'{file}' includes itself");
        }

        var parser = new HoconParser(new HoconReader(ReadFile(file, origin), file), chain, _root, _path);
        parser.ReadDocument(into);
        return true;
    }

    private static string FullPath(string file) => file.Length == 0 ? "" : Path.GetFullPath(file);

    private static string ReadFile(string file, HoconOrigin origin)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var problem = $"the included file '{Path.GetFullPath(file)}' cannot be read: {error.Message}";
            throw new ConfigurationException($"{origin}: {problem}", error);
        }
    }
}
