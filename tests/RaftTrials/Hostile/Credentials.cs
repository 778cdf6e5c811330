using System.Security.Cryptography;

using RaftActors.Storage.Disk;

namespace RaftTrials.Hostile;

/// <summary>The shared secrets of a trial, as files of the servers and of each client.</summary>
internal sealed class Credentials
{
    private const int SecretBytes = 32;

    private readonly string _folder;

    /// <param name="folder">Exists.</param>
    public Credentials(string folder)
    {
        _folder = folder;
        Writer = $"writer app {NewSecret()}";
        Reader = $"reader watch {NewSecret()}";
        Servers = Write("servers", $"node cluster {NewSecret()}", Writer, Reader);
        WriterFile = Write("writer", Writer);
        ReaderFile = Write("reader", Reader);
        Forged = $"writer app {NewSecret()}";
    }

    /// <summary>The line of the client with the writer's role.</summary>
    public string Writer { get; }

    /// <summary>The line of the client with the reader's role.</summary>
    public string Reader { get; }

    /// <summary>The writer's name with another secret.</summary>
    public string Forged { get; }

    /// <summary>The file of the servers.</summary>
    public string Servers { get; }

    public string WriterFile { get; }

    public string ReaderFile { get; }

    private static string NewSecret() => Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_folder, $"{name}.secrets");
        using (PrivateFile.Open(path, FileMode.CreateNew, FileShare.None))
        {
        }

        File.WriteAllLines(path, lines);
        return path;
    }
}
