package io.sallyport.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void shouldSayWhatWasMeasuredWhereAndWithWhichWords() throws Exception {
        Report report = new Report(List.of("path", "--rounds", "3"));
        report.put("nsPerPacket", 12.3456).put("names", List.of("a", "b")).put("nested", Map.of("isGood", true));
        Map<String, Object> read = JsonText.read(report.toJson());
        assertThat(read).containsEntry("command", "./sallyport bench path --rounds 3");
        assertThat(read).containsEntry("nsPerPacket", 12.346);
        assertThat(read).containsEntry("names", List.of("a", "b"));
        assertThat(read).containsEntry("nested", Map.of("isGood", true));
        assertThat((Map<?, ?>) read.get("machine"))
                .extracting(Object::toString)
                .asString()
                .contains("cpu", "kernel", "jdk");
        assertThat(read).doesNotContainKey("floors");
        assertThat(report.isPassed()).isTrue();
    }

    @Test
    void shouldNotPassWhenOneFloorIsMissed() throws Exception {
        Report report = new Report(List.of("path"));
        report.floor("good", true, "at least 1: 2");
        report.floor("bad", false, "at least 3: 2");
        report.floor("alsoGood", true, "at least 2: 2");
        assertThat(report.isPassed()).isFalse();
        Map<String, Object> read = JsonText.read(report.toJson());
        assertThat(read).containsEntry("passed", false);
        assertThat((Map<?, ?>) read.get("floors")).hasSize(3);
    }

    @Test
    void shouldNotPassWhenASectionMissesAFloor() throws Exception {
        Report report = new Report(List.of("exhaustion"));
        report.section("one").put("flows", 3);
        report.section("two").floor("bad", false, "at least 3: 2");
        assertThat(report.isPassed()).isFalse();
        Map<String, Object> read = JsonText.read(report.toJson());
        assertThat(read).containsEntry("passed", false);
        assertThat((Map<?, ?>) read.get("one")).isEqualTo(Map.of("flows", 3L));
        assertThat(((Map<?, ?>) read.get("two")).get("passed")).isEqualTo(false);
    }

    @Test
    void shouldTakePercentilesByNearestRank() {
        Samples samples = new Samples();
        assertThat(samples.percentile(50)).isZero();
        for (int i = 100; i >= 1; i--) {
            samples.add(i);
        }
        assertThat(samples.percentile(0)).isEqualTo(1);
        assertThat(samples.percentile(50)).isEqualTo(50);
        assertThat(samples.percentile(99)).isEqualTo(99);
        assertThat(samples.percentile(100)).isEqualTo(100);
    }
}
