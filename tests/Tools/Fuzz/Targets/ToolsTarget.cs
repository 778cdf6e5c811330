namespace RaftActors.Fuzz.Targets;

/// <summary>A changed directory on the machine's own disk, as <c>raft log verify</c> and <c>raft log dump</c> read it.</summary>
internal sealed class ToolsTarget : Target
{
    public override string Name => "tools";

    public override string Reads => "StoreTools, the tools for stopped stores";

    public override int BytesPerByte => 1024;

    public override IEnumerable<byte[]> Seeds() => new DirectoryTarget().Seeds();

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => DirectoryImage.Mutate(input, mutator);

    public override object Read(byte[] input)
    {
        var files = DirectoryImage.Unpack(input);
        var folder = Directory.CreateTempSubdirectory("raftactors-fuzz-").FullName;
        try
        {
            foreach (var (name, bytes) in files)
            {
                Write(Path.GetFullPath(name, folder), folder, bytes);
            }

            return (StoreTools.Verify(folder), StoreTools.Dump(folder).ToList());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override bool IsRefusal(Exception e) => e is StoreException or InvalidDataException;

    private static void Write(string path, string folder, byte[] bytes)
    {
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path} is outside of the folder.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // Justification: the path is below the folder.
        File.WriteAllBytes(path, bytes);
    }
}
