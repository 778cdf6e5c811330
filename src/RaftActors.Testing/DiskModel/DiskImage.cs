using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace RaftActors.Testing.DiskModel;

/// <summary>The contents of a disk at one moment.</summary>
/// <param name="Files">By name, with their folders. The bytes must not be changed.</param>
internal sealed record DiskImage(ImmutableSortedSet<string> Folders, ImmutableSortedDictionary<string, byte[]> Files)
{
    public static DiskImage Empty { get; } = new(
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal));

    public DiskImage With(string file, byte[] bytes) => this with { Files = Files.SetItem(file, bytes) };

    public DiskImage Without(string file) => this with { Files = Files.Remove(file) };

    /// <summary>A text that is equal for equal disks, so that no disk is tried twice.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var folder in Folders)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{folder}\n"));
        }

        foreach (var (name, bytes) in Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {bytes.Length}\n"));
            hash.AppendData(bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
