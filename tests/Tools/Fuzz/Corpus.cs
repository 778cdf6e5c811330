namespace RaftActors.Fuzz;

/// <summary>Inputs that broke a property once: files of <see cref="InputText"/>, in one folder for each target.</summary>
public static class Corpus
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "corpus");

    /// <summary>The files of a target, by name.</summary>
    public static IEnumerable<string> FilesOf(string target)
    {
        var folder = Path.Combine(Folder, target);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal) : [];
    }

    public static byte[] Load(string file) => InputText.Parse(File.ReadAllText(file));
}
