using RaftActors.Storage;
using RaftActors.Storage.Tools;

namespace RaftActors.Fuzz.Targets;

/// <summary>A changed directory on the machine's own disk, as <c>raft log verify</c> and <c>raft log dump</c> read it.</summary>
internal sealed class ToolsTarget : Target
{
    private readonly Lazy<string> _folder = new(MakeFolder);

    public override string Name => "tools";

    public override string Reads => "LogVerify and LogDump, the tools for stopped stores";

    public override int BytesPerByte => 1024;

    public override IEnumerable<byte[]> Seeds() => new DirectoryTarget().Seeds();

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => DirectoryImage.Mutate(input, mutator);

    public override object Read(byte[] input)
    {
        var files = DirectoryImage.Unpack(input);
        foreach (var folder in Directory.GetDirectories(_folder.Value))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var (name, bytes) in files)
        {
            var path = Path.GetFullPath(name, _folder.Value);
            if (!path.StartsWith(_folder.Value + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{name} is outside of the folder.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // Justification: the path is below the folder.
            File.WriteAllBytes(path, bytes);
        }

        var report = LogVerify.Check(_folder.Value);
        return (report, LogDump.Read(_folder.Value).ToList());
    }

    public override bool IsRefusal(Exception e) => e is StoreException or InvalidDataException;

    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("raftactors-fuzz-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
