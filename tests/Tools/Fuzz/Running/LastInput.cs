using System.IO.MemoryMappedFiles;

namespace RaftActors.Fuzz.Running;

/// <summary>
/// A file with the input that is being read. A stack overflow ends the process without an exception: the file outlives it. One write takes
/// no call of the operating system.
/// </summary>
public sealed class LastInput : IDisposable
{
    private readonly FileStream _stream;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public LastInput(string path)
    {
        Path = path;
        _stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        _file = MemoryMappedFile.CreateFromFile(
            _stream, null, sizeof(int) + SizeMax, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The length in 4 bytes, then the input.</summary>
    public string Path { get; }

    private static int SizeMax => 2 * Inputs.Mutator.SizeMax;

    public void Note(byte[] input)
    {
        var size = Math.Min(input.Length, SizeMax);
        _view.Write(0, size);
        _view.WriteArray(sizeof(int), input, 0, size);
    }

    /// <summary>Reads the input that a process left behind.</summary>
    public static byte[] Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes[sizeof(int)..(sizeof(int) + BitConverter.ToInt32(bytes))];
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        _stream.Dispose();
        File.Delete(Path);
    }
}
