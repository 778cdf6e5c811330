using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>
/// The result types whose outcomes this node exchanges with other nodes, by name. A received name is looked up only here, so a message
/// never loads a type. Thread-safe.
/// </summary>
internal sealed class ResultTypes
{
    private static readonly ConditionalWeakTable<RaftHost, ResultTypes> OfHosts = [];

    private readonly RaftHost _host;
    private readonly ConcurrentDictionary<string, ResultType> _byName = [];

    private ResultTypes(RaftHost host)
    {
        _host = host;
        Add<object?>();
        Add<string>();
        Add<byte[]>();
        Add<bool>();
        Add<sbyte>();
        Add<byte>();
        Add<short>();
        Add<ushort>();
        Add<int>();
        Add<uint>();
        Add<long>();
        Add<ulong>();
        Add<float>();
        Add<double>();
        Add<decimal>();
        Add(new MembershipCodec());
    }

    public static ResultTypes Of(RaftHost host) => OfHosts.GetValue(host, static each => new ResultTypes(each));

    private void Add<T>(RaftCodec<T>? codec = null) => _byName[NameOf(typeof(T))] = new Known<T>(_host, codec);

    /// <summary>Adds the type of an application, or replaces its codec.</summary>
    /// <exception cref="RaftConfigurationException">
    /// The type has neither a codec nor a serializer, or it has a codec although RaftActors writes it.
    /// </exception>
    public void Declare<T>(RaftCodec<T>? codec)
    {
        // An outcome names its type and no group. So a codec of object would write the answers of all groups of this node.
        var isOwn = KnownTypes.Has(typeof(T)) || typeof(T) == typeof(Membership);
        RaftConfigurationException.Demand(
            codec is null || !isOwn,
            $"A codec is set for results of type {typeof(T)}, which RaftActors writes itself, and alike for all groups. Leave the codec "
                + "out, or use a result type of your own.");
        if (!isOwn || !Has(typeof(T)))
        {
            new ValueCodec<T>(_host, codec, "ResultCodec").DemandType("result");
            Add(codec);
        }
    }

    public bool Has(Type type) => _byName.TryGetValue(NameOf(type), out var known) && known.Type == type;

    /// <exception cref="ArgumentException">The type is unknown here.</exception>
    public ResultType Of(Type type) => _byName.TryGetValue(NameOf(type), out var known) && known.Type == type
        ? known
        : throw new ArgumentException(
            $"An outcome with a result of type {type} cannot leave this node. {HowToAdd(type.Name)}", nameof(type));

    /// <summary>Returns the type of this name, or null if it is unknown here.</summary>
    public ResultType? Find(string name) => _byName.GetValueOrDefault(name);

    public static InvalidDataException UnknownName(string name) => new(
        $"An outcome with a result of type {name} cannot be read on this node. {HowToAdd(name.Split('.', '+')[^1])}");

    private static string HowToAdd(string type) =>
        $"Call Raft.Get(system).AddResultType<{type}>() when the node starts, or start a raft actor with this result type.";

    // Without the assembly and its version, because they may differ between nodes.
    private static string NameOf(Type type) => type.ToString();

    internal abstract class ResultType(Type type)
    {
        public Type Type => type;

        public string Name { get; } = NameOf(type);

        /// <summary>Writes serial and result. If the result cannot be written, logs a warning and writes the outcome without it.</summary>
        /// <param name="isByRemoting">Akka's remoting carries the outcome.</param>
        public abstract void WriteDone(ByteWriter writer, IOutcome done, bool isByRemoting);

        /// <exception cref="InvalidDataException">The bytes are no result of this type.</exception>
        public abstract IOutcome MakeDone(Serial serial, ReadOnlyMemory<byte>? result, RequestRef request);

        public abstract IOutcome MakeFailed(RaftFailure failure, RequestRef request);
    }

    private sealed class Known<T>(RaftHost host, RaftCodec<T>? codec) : ResultType(typeof(T))
    {
        private readonly ValueCodec<T> _values = new(host, codec, codecPlace: null);

        public override void WriteDone(ByteWriter writer, IOutcome done, bool isByRemoting)
        {
            var known = (Outcome<T>)done;
            writer.Number(known.Serial.Value);
            writer.Optional(TryEncode(known, isByRemoting), static (to, one) => to.Bytes(one.Span));
        }

        public override IOutcome MakeDone(Serial serial, ReadOnlyMemory<byte>? result, RequestRef request) => result is { } bytes
            ? new Outcome<T> { Serial = serial, Result = _values.Decode(bytes), Request = request }
            : new Outcome<T> { Serial = serial, Request = request };

        public override IOutcome MakeFailed(RaftFailure failure, RequestRef request) => failure.ToOutcome<T>(request);

        // The caller must learn that its pair is committed, even if the result cannot be written, and would wait for an answer otherwise.
        private ReadOnlyMemory<byte>? TryEncode(Outcome<T> done, bool isByRemoting)
        {
            try
            {
                var bytes = done.HasResult ? _values.Encode(done.Result) : (ReadOnlyMemory<byte>?)null;
                if (isByRemoting && host.System is { } system)
                {
                    AkkaRemoting.DemandRoom(system, bytes.GetValueOrDefault().Length);
                }

                return bytes;
            }
            catch (Exception e)
            {
                // A codec of the user may throw anything.
                host.Log.Warning("{0}", $"The result of {done.Request} cannot leave its node. {e.Message}");
                return null;
            }
        }
    }
}
