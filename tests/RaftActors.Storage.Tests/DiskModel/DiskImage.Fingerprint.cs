using System.Security.Cryptography;

namespace RaftActors.Testing.DiskModel;

/// <content> What the tests of stores do with contents. </content>
internal sealed partial record DiskImage
{
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
