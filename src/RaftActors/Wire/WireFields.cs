using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>
/// Names the fields of a message, in the order of its bytes. Writes the message and returns a copy; or reads it, while the message is null.
/// </summary>
internal delegate T Format<T>(ref WireFields fields, T? message);

/// <summary>
/// The fields of one message, for both directions: each method writes its value, or reads one, and returns it. So one function has the
/// order and the types of the fields, and the reader cannot differ from the writer. While it writes, it makes a copy of the message. So the
/// messages with the values of Appends and questions have a function for each direction instead.
/// </summary>
internal ref struct WireFields
{
    /// <summary>The most characters of a text for people. A longer one is cut when it is written.</summary>
    public const int DetailLengthMax = 4096;

    private const int ShownMax = 100;

    private static readonly long InstantMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    // Null while the fields are read.
    private readonly ByteWriter? _writer;
    private ByteReader _reader;

    private WireFields(ByteWriter writer) => _writer = writer;

    private WireFields(ByteReader reader) => _reader = reader;

    public static Action<ByteWriter, T> Writer<T>(Format<T> format) => (writer, message) =>
    {
        WireFields fields = new(writer);
        format(ref fields, message);
    };

    public static ByteReader.Read<T> Reader<T>(Format<T> format) => (ref reader) =>
    {
        WireFields fields = new(reader);
        var message = format(ref fields, default);
        reader = fields._reader;
        return message;
    };

    public byte Octet(byte? value) =>
        Of(value.GetValueOrDefault(), static (to, known) => to.Octet(known), static (ref from) => from.Octet());

    public bool Flag(bool? value)
    {
        _writer?.Flag(value.GetValueOrDefault());
        return _writer is null ? _reader.Flag() : value.GetValueOrDefault();
    }

    /// <summary>A number that is not negative.</summary>
    public long Count(long? value)
    {
        _writer?.Number(value.GetValueOrDefault());
        return _writer is null ? _reader.Count() : value.GetValueOrDefault();
    }

    public int Integer(int? value)
    {
        _writer?.Number(value.GetValueOrDefault());
        return _writer is null ? _reader.Integer() : value.GetValueOrDefault();
    }

    public ulong Hash(ulong? value) =>
        Of(value.GetValueOrDefault(), static (to, known) => to.Hash(known), static (ref from) => from.Hash());

    public Guid Identity(Guid? value) =>
        Of(value.GetValueOrDefault(), static (to, known) => to.Identity(known), static (ref from) => from.Identity());

    /// <summary>
    /// A text with a bound. There is none without: any program may have written it, and what is kept, shown or logged would grow with it.
    /// </summary>
    /// <exception cref="ArgumentException">The text that is written is longer.</exception>
    public string Text(string? value, int lengthMax)
    {
        if (_writer is null)
        {
            return _reader.Text(lengthMax);
        }

        var text = value ?? "";
        _writer.Text(text.Length <= lengthMax
            ? text
            : throw new ArgumentException(
                $"A text in a message has {text.Length} characters: '{text[..ShownMax]}...'. Use one of at most {lengthMax}."));
        return text;
    }

    /// <summary>A text for people.</summary>
    public string Detail(string? value) => Text(value is null || value.Length <= DetailLengthMax ? value : Cut(value), DetailLengthMax);

    public string Group(string? value) => Text(value, GroupName.LengthMax);

    /// <summary>The path of an actor with its address. Empty if it is longer or deeper than other nodes accept.</summary>
    public string Path(string? value) => Checked(
        Text(value is not null && WirePath.IsBounded(value) ? value : "", WirePath.LengthMax),
        WirePath.IsBounded,
        static _ => "a path has too many elements");

    /// <summary>The key of a pair, which has the bound of the pair.</summary>
    public string Key(string? value)
    {
        _writer?.Text(value ?? "");
        return _writer is null ? _reader.Key() : value ?? "";
    }

    public ReadOnlyMemory<byte> Value(ReadOnlyMemory<byte>? value) =>
        Of(value.GetValueOrDefault(), static (to, known) => to.Bytes(known.Span), static (ref from) => from.Value());

    public ProcessName Name(ProcessName? value)
    {
        _writer?.Text(value.GetValueOrDefault().Value);
        return _writer is null ? _reader.Name() : value.GetValueOrDefault();
    }

    public RequestId Request(RequestId? value) =>
        Of(value.GetValueOrDefault(), static (to, known) => to.Request(known), static (ref from) => from.Request());

    public Serial Serial(Serial? value) => new(Count(value?.Value));

    public LogIndex Index(LogIndex? value) => new(Count(value?.Value));

    public Term Term(Term? value) => new(Count(value?.Value));

    public Boot Boot(Boot? value) => new(Count(value?.Number), Hash(value?.Mark));

    public LogPosition Position(LogPosition? value) =>
        Of(value.GetValueOrDefault(), EntryFormat.WritePosition, EntryFormat.ReadPosition);

    public LogTime Time(LogTime? value) =>
        Of(value.GetValueOrDefault(), static (to, time) => to.Number(time.Milliseconds), EntryFormat.ReadTime);

    public Address Address(Address? value)
    {
        var text = Text(value?.ToString(), WirePath.LengthMax);
        return value ?? (ActorPath.TryParseAddress(text, out var address) && address.ToString() == text
            ? address
            : throw Damaged($"'{text}' is no address"));
    }

    /// <summary>A timeout, in milliseconds. A larger one than any call may have is damage, and would overflow.</summary>
    public TimeSpan Timeout(TimeSpan? value) => Of(value.GetValueOrDefault(), WriteTimeout, ReadTimeout);

    public static void WriteTimeout(ByteWriter writer, TimeSpan value) => writer.Number((long)Math.Ceiling(value.TotalMilliseconds));

    public static TimeSpan ReadTimeout(ref ByteReader reader) => TimeSpan.FromMilliseconds(Math.Min(reader.Count(), int.MaxValue));

    public DateTimeOffset Instant(DateTimeOffset? value) => DateTimeOffset.FromUnixTimeMilliseconds(
        Checked(Count(value?.ToUnixTimeMilliseconds()), static time => time <= InstantMax, static time => $"{time} ms is no time"));

    /// <summary>An enumeration in one byte.</summary>
    public T Enum<T>(T? value)
        where T : struct, Enum =>
        Checked(
            (T)System.Enum.ToObject(typeof(T), Octet(value is { } known ? Convert.ToByte(known, null) : null)),
            System.Enum.IsDefined,
            static read => $"{read} is no {typeof(T).Name} of this version");

    public ProcessName? OptionalName(ProcessName? value) => Flag(value is not null) ? Name(value) : null;

    public string? OptionalDetail(string? value) => Flag(value is not null) ? Detail(value) : null;

    public LogIndex? OptionalIndex(LogIndex? value) => Flag(value is not null) ? Index(value) : null;

    public int? OptionalInteger(int? value) => Flag(value is not null) ? Integer(value) : null;

    public TimeSpan? OptionalTicks(TimeSpan? value) => Flag(value is not null) ? new TimeSpan(Count(value?.Ticks)) : null;

    public ImmutableArray<ProcessName> Names(ImmutableArray<ProcessName>? value) =>
        List(value, sizeMin: 4, static (ref f, name) => f.Name(name));

    /// <param name="sizeMin">The least number of bytes of an item.</param>
    public ImmutableArray<T> List<T>(ImmutableArray<T>? items, int sizeMin, Format<T> format)
    {
        if (_writer is null)
        {
            return _reader.List(sizeMin, Reader(format));
        }

        var (known, write, writer) = (items.GetValueOrDefault(), Writer(format), _writer);
        writer.List(known, item => write(writer, item));
        return known;
    }

    /// <summary>A value that has a function for each direction.</summary>
    public T Of<T>(T value, Action<ByteWriter, T> write, ByteReader.Read<T> read)
    {
        if (_writer is null)
        {
            return read(ref _reader);
        }

        write(_writer, value);
        return value;
    }

    /// <summary>Checks what was read.</summary>
    /// <param name="why">Tells what is wrong, as a clause.</param>
    /// <exception cref="InvalidDataException">It is not valid.</exception>
    public readonly T Checked<T>(T value, Predicate<T> isValid, Func<T, string> why) =>
        _writer is not null || isValid(value) ? value : throw Damaged(why(value));

    public readonly InvalidDataException Damaged(string why) => _reader.Damaged(why);

    private static string Cut(string text)
    {
        const string Rest = "...";
        var end = DetailLengthMax - Rest.Length;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + Rest;
    }
}
