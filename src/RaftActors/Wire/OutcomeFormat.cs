using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the messages that a <c>replyTo</c> receives, if it is on another node, and of the replies to calls of clients, which name
/// no request because they have the numbers of the calls. A result is written with the name of its type, which <see cref="ResultTypes"/>
/// must have on both nodes. An answer of HandleQuery has the type object: it is written as values are, without a codec, so it needs a type
/// that RaftActors knows, or a serializer of Akka.
/// </summary>
internal sealed class OutcomeFormat(RaftHost host)
{
    private static readonly Action<ByteWriter, RaftFailure> WriteFailure = WireFields.Writer<RaftFailure>(WireFormat.Failure);
    private static readonly ByteReader.Read<RaftFailure> ReadFailure = WireFields.Reader<RaftFailure>(WireFormat.Failure);
    private readonly Action<ByteWriter, RaftStatus> _writeStatus = WireFields.Writer<RaftStatus>(new StatusFormat(host).Status);
    private readonly ByteReader.Read<RaftStatus> _readStatus = WireFields.Reader<RaftStatus>(new StatusFormat(host).Status);

    // Looked up late, because the extension makes the serializers during its own construction.
    private ResultTypes ResultTypes => ResultTypes.Of(host);

    private enum Kind : byte
    {
        Done = 0,
        Failed = 1,
    }

    /// <summary>The number of an outcome among the replies to calls. The <see cref="CallTable"/> has the lower numbers.</summary>
    public const byte OutcomeNumber = 100;

    private const byte StatusNumber = 101;

    /// <summary>The types that this format writes, with all that derive from them, by manifest. A manifest never changes.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new SortedDictionary<string, Type>(StringComparer.Ordinal)
    {
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
            case RaftStatus status:
                _writeStatus(writer, status);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <exception cref="InvalidDataException">The manifest is unknown, or the bytes are no such message.</exception>
    public object Read(ref ByteReader reader, string manifest) => manifest switch
    {
        "os" => _readStatus(ref reader),
        "ot" => ReadOutcome(ref reader, request: null),
        _ => throw reader.Damaged($"'{manifest}' is no manifest of this version"),
    };

    /// <summary>What a caller gets in place of an answer that cannot be written.</summary>
    public static RaftFailure Unsent { get; } = RaftFailure.NotDone(
        FailureReason.Invalid,
        "The answer could not be sent: it has no serializer, as the log of the node says then, fits into no frame, or has a text that is "
            + "no Unicode. Ask for less at a time, or raise raft.transport-tcp.frame-size-max on all nodes.");

    /// <summary>
    /// Returns the reply in place of one that cannot be written. The caller must learn that its pair is committed, and should neither wait
    /// for nothing nor repeat a question for ever.
    /// </summary>
    public static object InPlaceOf(object reply) => reply switch
    {
        IOutcome { Failure: null } done => new Outcome<object?> { Serial = done.Serial, Request = done.Request },
        IOutcome { Failure: { } failure } failed => (failure with { Detail = Unsent.Detail }).ToOutcome<object?>(failed.Request),
        _ => new ClientReply.Failed(Unsent),
    };

    public void WriteReply(ByteWriter writer, object reply)
    {
        switch (reply)
        {
            case IOutcome outcome:
                writer.Octet(OutcomeNumber);
                WriteOutcome(writer, outcome, hasRequest: false);
                break;
            case RaftStatus status:
                writer.Octet(StatusNumber);
                _writeStatus(writer, status);
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
        StatusNumber => _readStatus(ref reader),
        var number => CallTable.ReadReply(ref reader, number),
    };

    private void WriteOutcome(ByteWriter writer, IOutcome outcome, bool hasRequest)
    {
        var type = ResultTypes.Of(outcome.ResultType);
        writer.Text(type.Name);
        writer.Octet((byte)(outcome.Failure is null ? Kind.Done : Kind.Failed));
        if (hasRequest)
        {
            writer.Request(outcome.Request.Id);
        }

        if (outcome.Failure is { } failure)
        {
            WriteFailure(writer, failure);
        }
        else
        {
            type.WriteDone(writer, outcome, isByRemoting: hasRequest);
        }
    }

    // If the type is unknown or the result cannot be read, the caller fails at once, as with an answer of another type. It would wait for
    // its timeout otherwise.
    private object ReadOutcome(ref ByteReader reader, RequestRef? request)
    {
        var name = reader.Key(WireFields.DetailLengthMax);
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
        var (kind, request) = ((Kind)reader.Octet(), numbered ?? RequestRef.Of(reader.Request()));
        if (kind == Kind.Failed)
        {
            var failure = ReadFailure(ref reader);
            return type?.MakeFailed(failure, request) ?? failure.ToOutcome<object?>(request);
        }

        var serial = kind == Kind.Done ? new Serial(reader.Count()) : throw reader.Damaged($"{kind} is no outcome");
        var result = reader.Flag() ? reader.Value() : (ReadOnlyMemory<byte>?)null;
        return type?.MakeDone(serial, result, request) ?? new Outcome<object?> { Serial = serial, Request = request };
    }
}
