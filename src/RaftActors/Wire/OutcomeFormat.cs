using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the messages that a <c>replyTo</c> receives, if it is on another node. The results of HandleAppend and HandleQuery are
/// written as values are, without a codec: a result needs a type that RaftActors knows, or a serializer of Akka.
/// </summary>
internal sealed class OutcomeFormat(ExtendedActorSystem system)
{
    private readonly ValueCodec<object?> _results = new(system, codecPlace: null);
    private readonly StatusFormat _status = new(system.Provider);

    private enum Kind : byte
    {
        Done = 0,
        NotCommitted = 1,
        Unknown = 2,
        Unavailable = 3,
        Compacted = 4,
        AlreadyDelivered = 5,
        Refused = 6,
        Failed = 7,
    }

    /// <summary>The types that this format writes, with all that derive from them, by manifest. A manifest never changes.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new SortedDictionary<string, Type>(StringComparer.Ordinal)
    {
        ["oa"] = typeof(AppendOutcome),
        ["oc"] = typeof(ChangeOutcome),
        ["oe"] = typeof(Explanation),
        ["oq"] = typeof(QueryOutcome),
        ["os"] = typeof(RaftStatus),
    };

    public static string Manifest(object outcome) => Types.First(each => each.Value.IsInstanceOfType(outcome)).Key;

    public void Write(ByteWriter writer, object outcome)
    {
        switch (outcome)
        {
            case AppendOutcome append:
                WriteAppend(writer, append);
                break;
            case ChangeOutcome change:
                WriteChange(writer, change);
                break;
            case QueryOutcome query:
                WriteQuery(writer, query);
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
        "oa" => ReadAppend(ref reader),
        "oc" => ReadChange(ref reader),
        "oe" => new Explanation(ReadRef(ref reader), reader.Text()),
        "oq" => ReadQuery(ref reader),
        "os" => _status.Read(ref reader),
        _ => throw reader.Damaged($"'{manifest}' is no manifest of this version"),
    };

    private void WriteAppend(ByteWriter writer, AppendOutcome outcome)
    {
        switch (outcome)
        {
            case AppendOutcome.Done done:
                WriteKind(writer, Kind.Done, done.Request);
                writer.Number(done.Serial.Value);
                writer.Bytes((TryEncode(done.Result, done.Request, out _) ?? _results.Encode(null)).Span);
                break;
            case AppendOutcome.Cancelled(var request, var reason):
                WriteKind(writer, KindOf(reason), request);
                if (reason is CancelReason.NotCommitted { Detail: var detail })
                {
                    writer.Text(detail);
                }

                break;
        }
    }

    private AppendOutcome ReadAppend(ref ByteReader reader)
    {
        var (kind, request) = ((Kind)reader.Octet(), ReadRef(ref reader));
        return kind switch
        {
            Kind.Done => new AppendOutcome.Done(request, new Serial(reader.Count()), Decode(reader.Bytes())),
            Kind.NotCommitted => new AppendOutcome.Cancelled(request, new CancelReason.NotCommitted(reader.Text())),
            Kind.Unknown => new AppendOutcome.Cancelled(request, new CancelReason.Unknown()),
            Kind.Unavailable => new AppendOutcome.Cancelled(request, new CancelReason.Unavailable()),
            Kind.Compacted => new AppendOutcome.Cancelled(request, new CancelReason.Compacted()),
            Kind.AlreadyDelivered => new AppendOutcome.Cancelled(request, new CancelReason.AlreadyDelivered()),
            _ => throw reader.Damaged($"{kind} is no outcome of an Append"),
        };
    }

    private static void WriteChange(ByteWriter writer, ChangeOutcome outcome)
    {
        switch (outcome)
        {
            case ChangeOutcome.Done done:
                WriteKind(writer, Kind.Done, done.Request);
                break;
            case ChangeOutcome.Unknown unknown:
                WriteKind(writer, Kind.Unknown, unknown.Request);
                break;
            case ChangeOutcome.Refused refused:
                WriteKind(writer, Kind.Refused, refused.Request);
                writer.Text(refused.Detail);
                break;
        }
    }

    private static ChangeOutcome ReadChange(ref ByteReader reader)
    {
        var (kind, request) = ((Kind)reader.Octet(), ReadRef(ref reader));
        return kind switch
        {
            Kind.Done => new ChangeOutcome.Done(request),
            Kind.Unknown => new ChangeOutcome.Unknown(request),
            Kind.Refused => new ChangeOutcome.Refused(request, reader.Text()),
            _ => throw reader.Damaged($"{kind} is no outcome of a change"),
        };
    }

    // An answer that cannot be written fails the query. The asker would wait for its time-out otherwise.
    private void WriteQuery(ByteWriter writer, QueryOutcome outcome)
    {
        if (outcome is QueryOutcome.Failed failed)
        {
            WriteFailed(writer, failed.Request, failed.Reason);
        }
        else if (outcome is QueryOutcome.Done done)
        {
            if (TryEncode(done.Result, done.Request, out var problem) is not { } bytes)
            {
                WriteFailed(writer, done.Request, problem);
                return;
            }

            WriteKind(writer, Kind.Done, done.Request);
            writer.Bytes(bytes.Span);
        }
    }

    private static void WriteFailed(ByteWriter writer, RequestRef request, string reason)
    {
        WriteKind(writer, Kind.Failed, request);
        writer.Text(reason);
    }

    private QueryOutcome ReadQuery(ref ByteReader reader)
    {
        var (kind, request) = ((Kind)reader.Octet(), ReadRef(ref reader));
        return kind switch
        {
            Kind.Done => new QueryOutcome.Done(request, Decode(reader.Bytes())),
            Kind.Failed => new QueryOutcome.Failed(request, reader.Text()),
            _ => throw reader.Damaged($"{kind} is no outcome of a Query"),
        };
    }

    // Null: the result cannot be written, and is left out. The asker must hear that its pair is committed all the same.
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
            system.Log.Warning("{0}", problem);
            return null;
        }
    }

    private object? Decode(ReadOnlySpan<byte> result) => _results.Decode(result.ToArray());

    private static Kind KindOf(CancelReason reason) => reason switch
    {
        CancelReason.NotCommitted => Kind.NotCommitted,
        CancelReason.Unknown => Kind.Unknown,
        CancelReason.Unavailable => Kind.Unavailable,
        CancelReason.Compacted => Kind.Compacted,
        CancelReason.AlreadyDelivered => Kind.AlreadyDelivered,
        _ => throw new UnreachableException(),
    };

    private static void WriteKind(ByteWriter writer, Kind kind, RequestRef request)
    {
        writer.Octet((byte)kind);
        WriteRef(writer, request);
    }

    private static void WriteRef(ByteWriter writer, RequestRef request) =>
        writer.Request(new RequestId(new Member(request.Origin, request.Incarnation), request.Number));

    private static RequestRef ReadRef(ref ByteReader reader)
    {
        var (origin, number) = reader.Request();
        return new RequestRef(origin.Name, origin.Incarnation, number);
    }
}
