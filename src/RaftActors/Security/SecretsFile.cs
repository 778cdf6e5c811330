using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>One shared secret. Each side that knows it has its role.</summary>
internal sealed record SharedSecret(string Name, ConnectionRole Role, byte[] Key);

/// <summary>
/// Reads a file of shared secrets: a line each, with role, name and secret. <c>#</c> begins a comment. The first line is the node's own
/// proof; all lines are accepted. So a secret is exchanged in three steps: add the new line, move it to the top, remove the old one.
/// </summary>
internal static class SecretsFile
{
    private const int SecretLengthMin = 32;
    private const int NameBytesMax = 64;

    /// <exception cref="InvalidDataException">A line is wrong, or there is none. The message never has a secret.</exception>
    public static ImmutableArray<SharedSecret> Read(byte[] content, string path)
    {
        var secrets = ImmutableArray.CreateBuilder<SharedSecret>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            number++;
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                var secret = ReadLine(words) is (SharedSecret read, _) ? read
                    : throw new InvalidDataException($"Line {number} of {path} {ReadLine(words).Problem}");
                secrets.Add(
                    secrets.Any(other => other.Name == secret.Name)
                        ? throw new InvalidDataException($"Line {number} of {path} repeats the name '{secret.Name}'. Use another one.")
                        : secret);
            }
        }

        return secrets.Count > 0
            ? secrets.ToImmutable()
            : throw new InvalidDataException($"{path} has no secret. Write a line 'node NAME SECRET'.");
    }

    private static (SharedSecret? Secret, string Problem) ReadLine(string[] words)
    {
        if (words.Length != 3)
        {
            return (null, "does not have three words. Write 'ROLE NAME SECRET'.");
        }

        ConnectionRole? role = words[0] switch
        {
            "node" => ConnectionRole.Node,
            "operator" => ConnectionRole.Operator,
            "writer" => ConnectionRole.Writer,
            "reader" => ConnectionRole.Reader,
            _ => null,
        };
        return role is null ? (null, $"has the role '{words[0]}'. The roles are node, operator, writer and reader.")
            : Encoding.UTF8.GetByteCount(words[1]) > NameBytesMax ? (null, $"has a name of more than {NameBytesMax} bytes. Shorten it.")
            : words[2].Length < SecretLengthMin ? (null, $"has a secret of {words[2].Length} characters; at least {SecretLengthMin} are "
                + "needed, since a short one can be guessed. Make one with 'openssl rand -hex 32'.")
            : (new SharedSecret(words[1], role.Value, SHA256.HashData(Encoding.UTF8.GetBytes(words[2]))), "");
    }
}
