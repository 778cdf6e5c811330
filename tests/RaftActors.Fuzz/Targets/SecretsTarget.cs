using RaftActors.Security;

namespace RaftActors.Fuzz.Targets;

/// <summary>The file of shared secrets.</summary>
internal sealed class SecretsTarget : Target
{
    public override string Name => "secrets";

    public override string Reads => "SecretsFile";

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of("node ", "writer ", "#", "\n", " ", "0123456789abcdef");

    public override IEnumerable<byte[]> Seeds() => TextWords.Of(
        "# new\nnode site1 0123456789abcdef0123456789abcdef\nwriter app größe0123456789abcdef0123456789\n",
        "reader r 0123456789abcdef0123456789abcdef # old");

    public override object Read(byte[] input) => SecretsFile.Read(input, "secrets");

    public override bool IsRefusal(Exception e) => e is InvalidDataException;
}
