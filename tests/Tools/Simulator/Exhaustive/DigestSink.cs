using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>Collects the content of a state as bytes, and hashes them. Reused for many states.</summary>
internal sealed class DigestSink
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private byte[] _bytes = new byte[8192];
    private int[] _renaming = [];
    private int _length;

    /// <summary>The last durable write, from which tickets are counted.</summary>
    public long Done { get; private set; }

    /// <summary>The ticks of the process, from which times are counted.</summary>
    public long Now { get; private set; }

    /// <summary>Begins a state.</summary>
    /// <param name="renaming">The new number of each process.</param>
    public void Begin(int[] renaming, long done = 0, long now = 0)
    {
        (_length, _renaming, Done, Now) = (0, renaming, done, now);
        _seen.Clear();
    }

    public (ulong High, ulong Low) End() => Hash(0);

    /// <summary>False: this object was written before.</summary>
    public bool IsNew(object item) => _seen.Add(item);

    public void Number(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(long);
    }

    public void Text(string text)
    {
        Number(text.Length);
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Name(ProcessName name)
    {
        var number = name.Value is null ? -1 : FoundedGroup.NumberOf(name);
        if (number >= 0)
        {
            Number(_renaming[number]);
        }
        else
        {
            Text(name.Value ?? "");
        }
    }

    /// <summary>Writes items whose order has no meaning, since they are in the order of names, or in none.</summary>
    public void Unordered<T>(IEnumerable<T> items, Action<DigestSink, T> write)
    {
        var (start, high, low, count) = (_length, 0UL, 0UL, 0);
        foreach (var item in items)
        {
            write(this, item);
            var (one, other) = Hash(start);
            (high, low, count, _length) = (high + one, low + other, count + 1, start);
        }

        Number(count);
        Number((long)high);
        Number((long)low);
    }

    private (ulong High, ulong Low) Hash(int start)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.AsSpan(start, _length - start), hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[sizeof(ulong)..]));
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * (_length + more));
        }
    }
}
