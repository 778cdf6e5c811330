using System.Text;

using Xunit;

namespace ScenarioText;

/// <summary>
/// A scenario as text. Lines that begin with <c>#</c> are prose. A step is one or more lines, <c>----</c>, and the whole output up to an
/// empty line. Each test project that has scenarios compiles this file.
/// </summary>
internal static class ScenarioFile
{
    private const string Separator = "----";

    /// <summary>The paths of the scenarios in a folder and below it, from that folder on.</summary>
    public static IEnumerable<string> In(string folder) => Directory
        .EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    /// <summary>
    /// Asserts that each run of a file gives its text. If the environment variable RAFTACTORS_REWRITE is 1, writes the text of the first
    /// run into the file instead.
    /// </summary>
    public static void Check(string path, params Func<string, string>[] runs)
    {
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        foreach (var run in runs)
        {
            var actual = run(expected);
            if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
            {
                File.WriteAllText(path, actual);
                return;
            }

            Assert.Equal(expected, actual);
        }
    }

    /// <summary>Runs each step and returns the text with the actual output.</summary>
    /// <param name="run">Gets the lines of a step. Returns its output, whole lines; "": there is none.</param>
    public static string Run(string text, Func<IReadOnlyList<string>, string> run)
    {
        var result = new StringBuilder();
        var lines = new Queue<string>(text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
        while (lines.TryDequeue(out var line))
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                result.Append(line).Append('\n');
                continue;
            }

            List<string> step = [];
            for (; line != Separator; line = lines.Dequeue())
            {
                step.Add(line);
                result.Append(line).Append('\n');
            }

            SkipExpected(lines);
            result.Append(Separator).Append('\n').Append(run(step) is { Length: > 0 } output ? output : "ok\n");
            if (lines.Count > 0)
            {
                result.Append('\n');
            }
        }

        return result.ToString();
    }

    /// <summary>Splits a line at spaces outside brackets.</summary>
    public static IEnumerable<string> Parts(string line)
    {
        var (part, depth) = (new StringBuilder(), 0);
        foreach (var letter in line + " ")
        {
            depth += letter switch { '(' => 1, ')' => -1, _ => 0 };
            if (letter == ' ' && depth == 0)
            {
                if (part.Length > 0)
                {
                    yield return part.ToString();
                }

                part.Clear();
            }
            else
            {
                part.Append(letter);
            }
        }
    }

    private static void SkipExpected(Queue<string> lines)
    {
        while (lines.TryDequeue(out var line) && line.Length > 0)
        {
        }
    }
}
