using System.Diagnostics.CodeAnalysis;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage;
using RaftActors.Values;

namespace RaftActors.Delivery;

/// <summary>
/// The results of the latest pairs that an actor handled, by serial, so that a repeat gets the answer of the first call (thesis §6.3). The
/// log alone decides what is kept, so all processes keep the same. Pairs with a request key have a ring of their own. Clients repeat them
/// long after the call, so pairs without a key must not push them out. All results, kept or not, enter the <see cref="Digest"/>. Not
/// thread-safe: the actor's own.
/// </summary>
internal abstract class KeptResults
{
    // These bounds are part of the format of snapshots. The group remembers as many request keys.
    public const int CountMax = 16_384;
    public const int BytesMax = 1 << 20;
    public const int ResultBytesMax = 64 << 10;

    private protected RunningDigest _digest;

    /// <summary>The logic version of the actor's state. Part of a snapshot, like the results.</summary>
    public int Logic { get; set; } = GroupVersion.Lowest.Logic;

    /// <summary>The reminders that are set. Part of a snapshot, too.</summary>
    public Reminders Reminders { get; private protected set; } = new();

    public ref readonly RunningDigest Digest => ref _digest;

    /// <summary>Adds a pair without a result to the digest, because HandleAppend failed and the actor goes on.</summary>
    public void Skip(Serial serial) => _digest.Skip(serial);

    /// <summary>Returns the bytes of a result, and a text of it for people, or null if it is not kept.</summary>
    public abstract (ReadOnlyMemory<byte> Bytes, string Text)? Show(Serial serial);

    /// <summary>Writes all of this for a snapshot.</summary>
    public abstract byte[] ToSection();

    /// <summary>Replaces all of this with that of a snapshot.</summary>
    /// <param name="section">The bytes of <see cref="ToSection"/>.</param>
    /// <exception cref="StoreException">The bytes are damaged. The results stay as they are.</exception>
    public abstract void Restore(ReadOnlySpan<byte> section);
}

internal sealed class KeptResults<TResult>(ActorSystem system, RaftCodec<TResult>? codec) : KeptResults
{
    private readonly ValueCodec<TResult> _values = new(system, codec, codecPlace: null);
    private ResultRing<TResult> _plain = new();
    private ResultRing<TResult> _keyed = new();

    // The latest type without a codec or serializer, because each of its results would otherwise cost an exception.
    private Type? _unwritable;

    /// <summary>Keeps the result of a pair, unless it is too large or cannot be converted to bytes.</summary>
    public void Add(in StoredPair pair, TResult result)
    {
        if (Keep(pair.Serial, result) is { } kept)
        {
            (pair.IsKeyed ? _keyed : _plain).Add(kept);
        }
    }

    /// <summary>Gets the result of a pair. Returns false if it is not kept.</summary>
    public bool TryGet(Serial serial, [MaybeNullWhen(false)] out TResult result)
    {
        result = default;
        if ((_keyed.Find(serial) ?? _plain.Find(serial)) is not { } kept)
        {
            return false;
        }

        try
        {
            result = kept.Bytes is { } bytes ? _values.Decode(bytes) : kept.Value!; // Justification: TResult admits null if it is null.
            return true;
        }
        catch (Exception e)
        {
            // A codec of the user may throw anything, and the caller must still learn that its pair is committed.
            system.Log.Warning(
                "The kept result of the pair {0} cannot be read, so a repeat has no result. Keep the types of results readable. {1}",
                serial,
                e.Message);
            return false;
        }
    }

    public override (ReadOnlyMemory<byte> Bytes, string Text)? Show(Serial serial) =>
        (_keyed.Find(serial) ?? _plain.Find(serial)) is { } kept && TryGet(serial, out var result)
            ? (BytesOf(kept), result?.ToString() ?? "null")
            : null;

    public override byte[] ToSection()
    {
        var writer = new ByteWriter();
        writer.Number(Logic);
        _digest.Write(writer);
        Reminders.Write(writer);
        Write(writer, _plain);
        Write(writer, _keyed);
        return writer.ToArray();
    }

    public override void Restore(ReadOnlySpan<byte> section)
    {
        var (plain, keyed) = (new ResultRing<TResult>(), new ResultRing<TResult>());
        int logic;
        RunningDigest digest;
        Reminders reminders;
        try
        {
            var reader = new ByteReader(section);
            logic = reader.Integer() is var version and > 0 ? version : throw reader.Damaged("a logic version is below 1");
            digest = RunningDigest.Read(ref reader);
            reminders = Reminders.Read(ref reader);
            Read(ref reader, plain);
            Read(ref reader, keyed);
            reader.End();
        }
        catch (InvalidDataException e)
        {
            throw SnapshotTail.Damaged(e.Message, e);
        }

        (Logic, _digest, Reminders, _plain, _keyed) = (logic, digest, reminders, plain, keyed);
    }

    // An object may change after HandleAppend has returned it, so its bytes are kept.
    private KeptResult<TResult>? Keep(Serial serial, TResult result)
    {
        if (_unwritable is { } unwritable && result?.GetType() == unwritable)
        {
            _digest.Skip(serial);
            return null;
        }

        try
        {
            if (_values.SizeOfUnchanging(result) is { } size)
            {
                _digest.AddUnchanging(serial, result);
                return size <= ResultBytesMax ? new KeptResult<TResult>(serial, size, result, null) : null;
            }

            var bytes = _values.Encode(result).ToArray();
            _digest.AddBytes(serial, bytes);
            return bytes.Length <= ResultBytesMax ? new KeptResult<TResult>(serial, bytes.Length, default, bytes) : null;
        }
        catch (Exception)
        {
            // A codec of the user may throw anything. A caller on this node still gets the result.
            _unwritable = result is null || _values.CanEncode(result.GetType()) ? _unwritable : result.GetType();
            _digest.Skip(serial);
            return null;
        }
    }

    private ReadOnlyMemory<byte> BytesOf(in KeptResult<TResult> kept) =>
        kept.Bytes ?? _values.Encode(kept.Value!); // Justification: TResult admits null if it is null.

    private void Write(ByteWriter writer, ResultRing<TResult> ring)
    {
        writer.Number(ring.Count);
        var before = 0L;
        for (var place = 0; place < ring.Count; place++)
        {
            var kept = ring[place];
            writer.Difference(kept.Serial.Value - before);
            writer.Bytes(BytesOf(kept).Span);
            before = kept.Serial.Value;
        }
    }

    private static void Read(ref ByteReader reader, ResultRing<TResult> ring)
    {
        var (count, before) = (reader.Count(), Serial.Zero);
        for (var place = 0L; place < count; place++)
        {
            var serial = new Serial(reader.CountFrom(before.Value));
            var bytes = reader.Bytes();
            if (serial <= before || place == CountMax || bytes.IsEmpty || bytes.Length > ResultBytesMax
                || ring.Bytes + bytes.Length > BytesMax)
            {
                throw reader.Damaged("the kept results are out of order or too many");
            }

            ring.Add(new KeptResult<TResult>(serial, bytes.Length, default, bytes.ToArray()));
            before = serial;
        }
    }
}

/// <summary>The result of one pair.</summary>
/// <param name="Size">The number of its bytes, encoded or not.</param>
/// <param name="Value">Used only without <paramref name="Bytes"/>.</param>
internal readonly record struct KeptResult<TResult>(Serial Serial, int Size, TResult? Value, byte[]? Bytes);
