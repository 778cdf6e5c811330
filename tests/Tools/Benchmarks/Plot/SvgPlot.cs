using System.Security;
using System.Text;

namespace RaftActors.Benchmarks.Plot;

/// <summary>
/// Writes charts of the rate and of p99 by the number of clients. Each row has one chart of each, with logarithmic axes. The colours
/// suit light and dark backgrounds.
/// </summary>
internal sealed class SvgPlot
{
    private const int Width = 480;
    private const int Height = 260;
    private const int Left = 70;
    private const int Top = 40;
    private const int Bottom = 30;
    private const int Legend = 24;

    private static readonly string[] Colours = ["#2f7ed8", "#e4572e", "#2aa876", "#b565d9", "#c79a1b", "#7a8793"];

    private readonly StringBuilder _text = new();
    private readonly IReadOnlyList<PlotRow> _rows;
    private readonly string[] _names;
    private readonly int[] _clients;

    private SvgPlot(IReadOnlyList<PlotRow> rows)
    {
        _rows = rows;
        _names = [.. rows.SelectMany(row => row.Series).Select(series => series.Name).Distinct()];
        _clients =
            [.. rows.SelectMany(row => row.Series).SelectMany(series => series.Points).Select(point => point.Clients).Distinct().Order()];
    }

    /// <param name="file">Null: writes nothing.</param>
    public static void Write(string? file, IReadOnlyList<PlotRow> rows)
    {
        if (file is not null)
        {
            File.WriteAllText(file, new SvgPlot(rows).Draw());
        }
    }

    private string Draw()
    {
        var height = (_rows.Count * Height) + (_names.Length * Legend) + 10;
        _text.AppendLine(
            CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {2 * Width} {height}\">");
        _text.AppendLine(
            "<style>text{font:12px sans-serif;fill:#333}.h{font-weight:bold}path{fill:none;stroke-width:2}" +
            ".g{stroke:#8886;stroke-width:1}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>");
        for (var row = 0; row < _rows.Count; row++)
        {
            DrawChart(0, row * Height, $"{_rows[row].Name}: operations per second", _rows[row], point => point.Rate);
            DrawChart(Width, row * Height, $"{_rows[row].Name}: p99, us", _rows[row], point => point.P99);
        }

        for (var name = 0; name < _names.Length; name++)
        {
            var y = (_rows.Count * Height) + (name * Legend) + 16;
            _text.AppendLine(CultureInfo.InvariantCulture, $"<path stroke=\"{Colour(name)}\" d=\"M{Left} {y - 4}h30\"/>");
            Label(Left + 38, y, "start", _names[name]);
        }

        return _text.Append("</svg>\n").ToString();
    }

    private void DrawChart(int x, int y, string title, PlotRow row, Func<PlotPoint, double> figure)
    {
        double[] all = [.. row.Series.SelectMany(series => series.Points).Select(figure).Where(one => one > 0).DefaultIfEmpty(1)];
        var (low, high) = (Math.Floor(Math.Log10(all.Min())), Math.Ceiling(Math.Log10(all.Max())));
        high = Math.Max(high, low + 1);
        Label(x + Left, y + 20, "start", title, "h");
        for (var power = low; power <= high; power++)
        {
            var at = Y(Math.Pow(10, power));
            _text.AppendLine(CultureInfo.InvariantCulture, $"<path class=\"g\" d=\"M{x + Left} {at:F1}H{x + Width - 20}\"/>");
            Label(x + Left - 6, at + 4, "end", Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture));
        }

        foreach (var clients in _clients)
        {
            Label(X(clients), y + Height - Bottom + 18, "middle", $"{clients}");
        }

        foreach (var (name, points) in row.Series)
        {
            PlotPoint[] shown = [.. points.Where(point => figure(point) > 0).OrderBy(point => point.Clients)];
            var colour = Colour(Array.IndexOf(_names, name));
            var places = shown.Select(point => FormattableString.Invariant($"{X(point.Clients):F1} {Y(figure(point)):F1}")).ToArray();
            _text.AppendLine(CultureInfo.InvariantCulture, $"<path stroke=\"{colour}\" d=\"M{string.Join('L', places)}\"/>");
            foreach (var point in shown)
            {
                var (x1, y1) = (X(point.Clients), Y(figure(point)));
                _text.AppendLine(CultureInfo.InvariantCulture, $"<circle fill=\"{colour}\" r=\"3\" cx=\"{x1:F1}\" cy=\"{y1:F1}\"/>");
            }
        }

        double X(int clients) =>
            x + Left + 20 + ((Width - Left - 60) * Array.IndexOf(_clients, clients) / (double)Math.Max(1, _clients.Length - 1));

        double Y(double value) => y + Height - Bottom - ((Height - Top - Bottom) * (Math.Log10(value) - low) / (high - low));
    }

    private void Label(double x, double y, string anchor, string text, string style = "l") => _text.AppendLine(
        CultureInfo.InvariantCulture,
        $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" class=\"{style}\">{SecurityElement.Escape(text)}</text>");

    private static string Colour(int series) => Colours[series % Colours.Length];
}

/// <summary>One chart of the rate and one of p99.</summary>
internal sealed record PlotRow(string Name, IReadOnlyList<(string Name, IReadOnlyList<PlotPoint> Points)> Series);

/// <summary>The medians of a cell.</summary>
/// <param name="Rate">Operations per second.</param>
/// <param name="P99">In microseconds.</param>
internal sealed record PlotPoint(int Clients, double Rate, double P99);
