using System.Security.Cryptography;
using System.Text;

using RaftActors.Cli.Security;
using RaftActors.Security;
using RaftActors.Storage.Disk;

namespace RaftTrials.Hostile;

/// <summary>Shared secrets.</summary>
internal sealed class SecretFiles : Credentials
{
    private const int SecretBytes = 32;

    private readonly string _folder;

    /// <param name="folder">Exists.</param>
    public SecretFiles(string folder)
    {
        _folder = folder;
        var (writer, reader) = ($"writer app {NewSecret()}", $"reader watch {NewSecret()}");
        var node = $"node cluster {NewSecret()}";
        ServerOptions = ["--secrets", Write("servers", node, writer, reader)];
        WriterFiles = ConnectionSecurity.None with { Secrets = Write("writer", writer) };
        Variables = new Dictionary<string, string> { [SecurityOptions.SecretsVariable] = WriterFiles.Secrets };
        Reader = ConnectionSecurity.None with { Secrets = Write("reader", reader) };
        (Writer, ReaderProof, Node) = (Of(writer), Of(reader), Of(node));
        Refused = [("wrong secret", Of($"writer app {NewSecret()}"))];
    }

    public override IReadOnlyList<string> ServerOptions { get; }

    public override IReadOnlyDictionary<string, string> Variables { get; }

    public override ConnectionSecurity WriterFiles { get; }

    public override ConnectionSecurity Reader { get; }

    public override ConnectionCredentials Writer { get; }

    public override ConnectionCredentials ReaderProof { get; }

    public override ConnectionCredentials Node { get; }

    public override IReadOnlyList<(string Name, ConnectionCredentials Shown)> Refused { get; }

    /// <summary>The proof of one secret.</summary>
    /// <param name="line">As in a file of secrets.</param>
    public static ConnectionCredentials Of(string line) =>
        new SecretCredentials(SecretsFile.Read(Encoding.UTF8.GetBytes(line), "the trial"));

    /// <summary>A secret that nobody knows.</summary>
    public static string NewSecret() => Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_folder, $"{name}.secrets");
        using var file = PrivateFile.Open(path, FileMode.CreateNew, FileShare.None);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(string.Join('\n', lines)), 0);
        return path;
    }
}
