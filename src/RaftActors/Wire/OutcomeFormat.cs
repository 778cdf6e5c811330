using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the messages to a <c>replyTo</c> on another node, and of the replies to calls of clients, which name no request because
/// they have the numbers of the calls. An answer of HandleQuery is written like a value without a codec, so its type must be known to
/// RaftActors or have a serializer of Akka. A result of HandleAppend is written with the name of its type, which <see cref="ResultTypes"/>
/// must have on both nodes.
/// </summary>
internal sealed class OutcomeFormat(RaftHost host)
{
    private readonly ValueCodec<object?> _results = new(host, codecPlace: null);
    private readonly StatusFormat _status = new(host);

    // Looked up late, because the extension makes the serializers during its own construction.
    private ResultTypes ResultTypes => ResultTypes.Of(host);

    private enum Kind : byte
    {
        Done = 0,
        Failed = 1,
    }

    /// <summary>The number of an outcome among the replies to calls. The <see cref="CallTable"/> has the lower numbers.</summary>
    public const byte OutcomeNumber = 100;

    private const byte QueryNumber = 101;
    private const byte StatusNumber = 102;
    private const byte ExplanationNumber = 103;

    /// <summary>
    /// The types that this format writes, with all that derive from them, by manifest. A manifest never changes. oa and oc were used
    /// earlier.
    /// </summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new SortedDictionary<string, Type>(StringComparer.Ordinal)
    {
        ["oe"] = typeof(Explanation),
        ["oq"] = typeof(QueryOutcome),
        ["os"] = typeof(RaftStatus),
        ["ot"] = typeof(IOutcome),
    };

    public static string Manifest(object outcome) => Types.First(each => each.Value.IsInstanceOfType(outcome)).Key;

    public void Write(ByteWriter writer, object outcome)
    {
        switch (outcome)
        {
            case IOutcome typed:
                WriteOutcome(writer, typed, hasRequest: true);
                break;
            case QueryOutcome query:
                WriteQuery(writer, query, hasRequest: true);
                break;
            case Explanation explanation:
                WriteRef(writer, explanation.Request);
                writer.Text(explanation.Text);
                break;
            case RaftStatus status:
                _status.Write(writer, status);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <exception cref="InvalidDataException">The manifest is unknown, or the bytes are no such message.</exception>
    public object Read(ref ByteReader reader, string manifest) => manifest switch
    {
        "oe" => new Explanation(ReadRef(ref reader), reader.Text()),
        "oq" => ReadQuery(ref reader, numbered: null),
        "os" => _status.Read(ref reader),
        "ot" => ReadOutcome(ref reader, request: null),
        _ => throw reader.Damaged($"'{manifest}' is no manifest of this version"),
    };

    /// <summary>
    /// Returns the reply in place of one that does not fit into a frame, or null. The caller must learn that its pair is committed, and
    /// should not repeat a question for ever.
    /// </summary>
    public static object? InPlaceOf(object reply) => reply switch
    {
        IOutcome { Failure: null } outcome when outcome.As<object?>() is Outcome<object?>.Done done =>
            Outcome<object?>.Done.WithoutResult(done.Serial, done.Request),
        QueryOutcome.Done done => new QueryOutcome.Failed(
            done.Request,
            "The answer does not fit into a frame. Ask for less at a time, or raise raft.transport-tcp.frame-size-max on all nodes."),
        _ => null,
    };

    public void WriteReply(ByteWriter writer, object reply)
    {
        switch (reply)
        {
            case IOutcome outcome:
                writer.Octet(OutcomeNumber);
                WriteOutcome(writer, outcome, hasRequest: false);
                break;
            case QueryOutcome query:
                writer.Octet(QueryNumber);
                WriteQuery(writer, query, hasRequest: false);
                break;
            case RaftStatus status:
                writer.Octet(StatusNumber);
                _status.Write(writer, status);
                break;
            case Explanation explanation:
                writer.Octet(ExplanationNumber);
                writer.Text(explanation.Text);
                break;
            default:
                CallTable.Write(writer, reply);
                break;
        }
    }

    /// <param name="request">The request of the call, if it is an Append.</param>
    /// <exception cref="InvalidDataException">The bytes are no reply.</exception>
    public object ReadReply(ref ByteReader reader, RequestRef request) => reader.Octet() switch
    {
        OutcomeNumber => ReadOutcome(ref reader, request),
        QueryNumber => ReadQuery(ref reader, request),
        StatusNumber => _status.Read(ref reader),
        ExplanationNumber => new Explanation(request, reader.Text()),
        var number => CallTable.ReadReply(ref reader, number),
    };

    private void WriteOutcome(ByteWriter writer, IOutcome outcome, bool hasRequest)
    {
        var type = ResultTypes.Of(outcome.ResultType);
        writer.Text(type.Name);
        WriteKind(writer, outcome.Failure is null ? Kind.Done : Kind.Failed, hasRequest ? outcome.Request : null);
        if (outcome.Failure is { } failure)
        {
            WireFormat.WriteFailure(writer, failure);
        }
        else
        {
            type.WriteDone(writer, outcome);
        }
    }

    // If the type is unknown or the result cannot be read, the caller fails at once, as with an answer of another type. It would wait for
    // its timeout otherwise.
    private object ReadOutcome(ref ByteReader reader, RequestRef? request)
    {
        var name = reader.Key();
        var end = reader;
        Exception problem;
        try
        {
            if (ResultTypes.Find(name) is { } type)
            {
                return ReadEnd(ref reader, request, type);
            }

            problem = ResultTypes.UnknownName(name);
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything.
            problem = e;
        }

        reader = end;
        var outcome = ReadEnd(ref reader, request, type: null);
        host.Log.Warning("{0}", problem.Message);
        return new Status.Failure(problem, outcome);
    }

    /// <summary>Reads the rest of an outcome, behind the name of its type.</summary>
    /// <param name="numbered">The request, if the bytes do not name it.</param>
    /// <param name="type">Null to leave the result out.</param>
    /// <exception cref="InvalidDataException">The bytes are no outcome.</exception>
    public static IOutcome ReadEnd(ref ByteReader reader, RequestRef? numbered, ResultTypes.ResultType? type)
    {
        var (kind, request) = ((Kind)reader.Octet(), numbered ?? ReadRef(ref reader));
        if (kind == Kind.Failed)
        {
            var failure = WireFormat.ReadFailure(ref reader);
            return type?.MakeFailed(failure, request) ?? Outcome<object?>.Of(failure, request);
        }

        var serial = kind == Kind.Done ? new Serial(reader.Count()) : throw reader.Damaged($"{kind} is no outcome");
        var result = reader.Flag() ? reader.Value() : (ReadOnlyMemory<byte>?)null;
        return type?.MakeDone(serial, result, request) ?? Outcome<object?>.Done.WithoutResult(serial, request);
    }

    // If the answer cannot be written, the query fails at once. The caller would wait for its timeout otherwise.
    private void WriteQuery(ByteWriter writer, QueryOutcome outcome, bool hasRequest)
    {
        if (outcome is QueryOutcome.Failed failed)
        {
            WriteFailed(writer, hasRequest ? failed.Request : null, failed.Reason);
        }
        else if (outcome is QueryOutcome.Done done)
        {
            if (TryEncode(done.Result, done.Request, out var problem) is not { } bytes)
            {
                WriteFailed(writer, hasRequest ? done.Request : null, problem);
                return;
            }

            WriteKind(writer, Kind.Done, hasRequest ? done.Request : null);
            writer.Number(done.Serial.Value);
            writer.Bytes(bytes.Span);
        }
    }

    private static void WriteFailed(ByteWriter writer, RequestRef? request, string reason)
    {
        WriteKind(writer, Kind.Failed, request);
        writer.Text(reason);
    }

    private QueryOutcome ReadQuery(ref ByteReader reader, RequestRef? numbered)
    {
        var (kind, request) = ((Kind)reader.Octet(), numbered ?? ReadRef(ref reader));
        return kind switch
        {
            Kind.Done => ReadAnswered(ref reader, request),
            Kind.Failed => new QueryOutcome.Failed(request, reader.Text()),
            _ => throw reader.Damaged($"{kind} is no outcome of a Query"),
        };
    }

    private QueryOutcome.Done ReadAnswered(ref ByteReader reader, RequestRef request)
    {
        var serial = new Serial(reader.Count());
        return new QueryOutcome.Done(request, Decode(reader.Bytes()), serial);
    }

    // Null if the answer cannot be written.
    private ReadOnlyMemory<byte>? TryEncode(object? result, RequestRef request, out string problem)
    {
        try
        {
            problem = "";
            return _results.Encode(result);
        }
        catch (ArgumentException e)
        {
            problem = $"The result of {request} cannot leave its node. {e.Message}";
            host.Log.Warning("{0}", problem);
            return null;
        }
    }

    private object? Decode(ReadOnlySpan<byte> result) => _results.Decode(result.ToArray());

    private static void WriteKind(ByteWriter writer, Kind kind, RequestRef? request)
    {
        writer.Octet((byte)kind);
        if (request is { } named)
        {
            WriteRef(writer, named);
        }
    }

    private static void WriteRef(ByteWriter writer, RequestRef request) => writer.Request(request.Id);

    private static RequestRef ReadRef(ref ByteReader reader) => RequestRef.Of(reader.Request());
}
