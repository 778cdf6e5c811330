using System.Collections.Immutable;

using RaftActors.Testing.DiskModel;

namespace RaftActors.Fuzz.Targets;

/// <summary>The files of a store's directory as one input: the number of files, then the name and the bytes of each.</summary>
internal static class DirectoryImage
{
    private const int FileSizeMin = 2;

    public static byte[] Pack(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        var writer = new ByteWriter();
        writer.List([.. files], file =>
        {
            writer.Text(file.Name);
            writer.Bytes(file.Bytes);
        });
        return writer.ToArray();
    }

    /// <exception cref="InvalidDataException">The input is none.</exception>
    public static ImmutableArray<(string Name, byte[] Bytes)> Unpack(byte[] input)
    {
        var reader = new ByteReader(input);
        var files = reader.List(FileSizeMin, (ref ByteReader each) => (each.Text(), each.Bytes().ToArray()));
        reader.End();
        return files;
    }

    /// <summary>The files of the golden directory of RaftActors.Storage.Tests.</summary>
    public static byte[] PackGolden()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "directories", "v1");
        return Pack(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes(file)))
            .Where(file => file.Item1.Contains('/', StringComparison.Ordinal)));
    }

    /// <summary>A disk in memory with these files.</summary>
    public static ModelDisk DiskOf(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        var image = DiskImage.Empty;
        foreach (var (name, bytes) in files)
        {
            for (var end = name.LastIndexOf('/'); end > 0; end = name.LastIndexOf('/', end - 1))
            {
                image = image with { Folders = image.Folders.Add(name[..end]) };
            }

            image = image.With(name, bytes);
        }

        return new ModelDisk(image);
    }

    /// <summary>Mutates one file, and mends its checksums most of the time. Else only the checksums would be tested.</summary>
    public static byte[] Mutate(byte[] input, Inputs.Mutator mutator)
    {
        var files = Unpack(input);
        if (files.IsEmpty)
        {
            return input;
        }

        var at = mutator.Random.Next(files.Length);
        var (name, bytes) = files[at];
        bytes = mutator.Mutate(bytes, [Encoding.ASCII.GetBytes("BTCH")]);
        if (mutator.Random.Next(8) > 0)
        {
            Checksums.Mend(name, bytes);
        }

        return mutator.Random.Next(64) == 0 ? Pack(files.RemoveAt(at)) : Pack(files.SetItem(at, (name, bytes)));
    }
}
