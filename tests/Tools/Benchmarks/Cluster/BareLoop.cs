using Microsoft.Win32.SafeHandles;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// The lower bound of a durable append on this disk: pwrite and fdatasync of the C library, in turn, on a preallocated file. Like the store
/// it starts a new file when one is full. That time is not counted.
/// </summary>
internal sealed partial class BareLoop : IDisposable
{
    private const int FileSize = 64 << 20;

    private readonly string _folder;
    private SafeFileHandle _file;
    private byte[] _bytes = [];
    private int _number;
    private long _offset;

    /// <param name="folder">An existing folder without files of a bare loop.</param>
    public BareLoop(string folder)
    {
        _folder = folder;
        _file = Begin();
    }

    /// <summary>Writes a number of bytes and syncs them.</summary>
    /// <returns>The duration in ticks.</returns>
    public long Write(int size)
    {
        if (_bytes.Length != size)
        {
            _bytes = new byte[size];
            new Random(1).NextBytes(_bytes);
        }

        if (_offset + size > FileSize)
        {
            _file.Dispose();
            (_file, _offset) = (Begin(), 0);
        }

        var start = Stopwatch.GetTimestamp();
        if (Write(_file, _bytes, size, _offset) != size || DataSync(_file) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        _offset += size;
        return Stopwatch.GetTimestamp() - start;
    }

    public void Dispose() => _file.Dispose();

    private SafeFileHandle Begin()
    {
        var file = File.OpenHandle(Path.Combine(_folder, $"bare-{_number++}"), FileMode.CreateNew, FileAccess.ReadWrite);
        if (Allocate(file, 0, 0, FileSize) != 0 || Sync(file) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        return file;
    }

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint size, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long size);
}
