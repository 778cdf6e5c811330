using System.IO.MemoryMappedFiles;

namespace TrialKit;

/// <summary>A library for LD_PRELOAD, compiled from a file of C, and a file that it and the trial map into memory.</summary>
internal sealed class PreloadedLibrary : IDisposable
{
    private readonly MemoryMappedFile _file;

    /// <param name="name">Of the C file, without its ending.</param>
    /// <param name="work">A folder for the library and the file, which are of one process.</param>
    /// <param name="size">Of the file in bytes. It begins with zeros.</param>
    public PreloadedLibrary(string name, string work, int size)
    {
        Directory.CreateDirectory(work);
        (Library, Shared) = (Path.Combine(work, $"{name}.so"), Path.Combine(work, "shared"));
        Machine.Run("cc", "-shared", "-fPIC", "-O2", "-o", Library, Path.Combine(AppContext.BaseDirectory, $"{name}.c"));
        _file = MemoryMappedFile.CreateFromFile(Shared, FileMode.Create, null, size);
        Memory = _file.CreateViewAccessor();
    }

    /// <summary>The path of the library.</summary>
    public string Library { get; }

    /// <summary>The path of the file.</summary>
    public string Shared { get; }

    /// <summary>The content of the file.</summary>
    public MemoryMappedViewAccessor Memory { get; }

    /// <summary>Why this machine compiles no library, with the remedy; null: it does.</summary>
    public static string? Problem() => Machine.ProgramProblem("cc", "gcc libc6-dev");

    public void Dispose()
    {
        Memory.Dispose();
        _file.Dispose();
    }
}
